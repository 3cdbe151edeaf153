/** The columns that every table of sums has, so that they read alike everywhere. */
import type { Figures, Group } from '../../src/api/contract.ts';
import { spendOf } from '../../src/core/spend.ts';
import { toCell } from '../chart/series.ts';
import { formatCost, formatCount, formatLatency, formatUnpriced, formatUsd } from '../format.ts';
import type { TableSort } from '../messages.ts';
import type { Column } from '../table/columns.ts';
import { fill, texts } from '../texts.ts';

export const dearestFirst: TableSort = { column: 'cost_usd', descending: true };

/** The names of a breakdown, each of which leads to its own calls alone. */
export function createGroupColumn(
  nameOf: (group: Group) => string | null,
  onDidChoose: (name: string | null) => void,
): Column<Group> {
  return {
    id: 'name',
    title: texts.model,
    kind: 'name',
    value: nameOf,
    text: group => nameOf(group) ?? texts.none,
    isQuiet: group => nameOf(group) === null,
    press: {
      label: group => fill(texts.onlyThis, nameOf(group) ?? texts.none),
      run: group => onDidChoose(nameOf(group)),
      isOffered: () => true,
    },
  };
}

/** Columns of sums; `explain` is what pressing a cost does, for the row's name read aloud. */
export function createFigureColumns<T>(
  read: (item: T) => Figures,
  explain: { label(item: T): string; run(item: T): void } | null,
  extra?: Column<T>['extra'],
): Column<T>[] {
  const count = (id: keyof Figures & string, title: string, hint?: string): Column<T> => ({
    id,
    title,
    kind: 'number',
    ...(hint ? { hint } : {}),
    value: item => read(item)[id] as number,
    text: item => formatCount(read(item)[id] as number),
  });
  return [
    {
      id: 'cost_usd',
      title: texts.cost,
      kind: 'number',
      value: item => spendOf(read(item)),
      text: item => formatCost(toCell(read(item))),
      detail: item => formatCostDetail(read(item)),
      isQuiet: item => spendOf(read(item)) === null,
      ...(explain
        ? {
            press: {
              label: item => `${formatCost(toCell(read(item)))}. ${fill(texts.explainOf, explain.label(item))}`,
              run: explain.run,
              isOffered: item => read(item).requests > 0,
            },
          }
        : {}),
      ...(extra ? { extra } : {}),
    },
    count('requests', texts.requests),
    count('prompt_tokens', texts.tokensIn),
    count('cache_read_tokens', texts.cached, texts.cachedHint),
    count('completion_tokens', texts.tokensOut),
    {
      id: 'avg_latency_ms',
      title: texts.latency,
      kind: 'number',
      value: item => read(item).avg_latency_ms,
      text: item => formatLatency(read(item).avg_latency_ms),
    },
  ];
}

/** What a cost lacks, and what subscriptions pay for. */
export function formatCostDetail(figures: Figures): string {
  const cell = toCell(figures);
  const lacking = cell.costUsd === null ? '' : formatUnpriced(cell);
  return [lacking, formatSubscription(figures)].filter(Boolean).join(' · ');
}

/** "~$3.40 on subscriptions", or nothing. */
export function formatSubscription({ subscription_cost_usd: covered }: Figures): string {
  return covered === null ? '' : fill(texts.onSubscriptions, `~${formatUsd(covered)}`);
}
