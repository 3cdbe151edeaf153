/** The columns that every table of budgets has, so that they read alike. */
import { formatShare, formatUsd } from '../format.ts';
import type { Column } from '../table/columns.ts';
import { texts } from '../texts.ts';

interface Budgeted {
  readonly spent_usd: number;
  readonly limit_usd: number;
}

/** A column of USD. */
export function createUsdColumn<K extends string, T extends Readonly<Record<K, number>>>(
  id: K,
  title: string,
): Column<T> {
  return { id, title, kind: 'number', value: row => row[id], text: row => formatUsd(row[id]) };
}

/** How much of a budget is used, as a share and as a bar. */
export function createUsedColumns<T extends Budgeted>(): Column<T>[] {
  return [
    {
      id: 'used',
      title: texts.budgetUsed,
      kind: 'number',
      value: budget => budget.spent_usd / budget.limit_usd,
      text: budget => formatShare(budget.spent_usd, budget.limit_usd),
    },
    {
      id: 'bar',
      title: '',
      kind: 'span',
      value: () => null,
      text: () => '',
      span: budget => [0, Math.min(1, budget.spent_usd / budget.limit_usd)],
    },
  ];
}
