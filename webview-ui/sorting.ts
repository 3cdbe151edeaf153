/** The order of a table's rows. Pure. */
import type { Group } from '../src/api/contract.ts';
import type { TableSort } from './messages.ts';

/** The figures a table shows, in the order of its columns after the name. */
export const figureColumns = [
  'cost_usd',
  'requests',
  'prompt_tokens',
  'cache_read_tokens',
  'completion_tokens',
  'avg_latency_ms',
] as const;
export type FigureColumn = (typeof figureColumns)[number];
export type Column = 'name' | FigureColumn;

export interface Row {
  /** Null when the calls name none. */
  readonly name: string | null;
  readonly group: Group;
}

export const defaultSort: TableSort = { column: 'cost_usd', descending: true };

/** The column by its name, or null for a name no table has (kept by another version). */
export function parseColumn(column: string): Column | null {
  return column === 'name' ? 'name' : (figureColumns.find(each => each === column) ?? null);
}

/** What a click on a header gives: the same column turned round, else figures from the largest and names from A. */
export function computeNextSort(sort: TableSort, column: Column): TableSort {
  return { column, descending: sort.column === column ? !sort.descending : column !== 'name' };
}

/** Rows in order. Unknown values (null) come last whichever way is sorted, since they are neither large nor small. */
export function computeOrder(rows: readonly Row[], sort: TableSort): Row[] {
  const column = parseColumn(sort.column) ?? 'cost_usd';
  const value = ({ name, group }: Row) => (column === 'name' ? name : group[column]);
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left !== right && (left === null || right === null)) {
      return left === null ? 1 : -1;
    }
    const byValue = compare(left, right);
    return (sort.descending ? -byValue : byValue) || b.group.requests - a.group.requests || compare(a.name, b.name);
  });
}

function compare(left: string | number | null, right: string | number | null): number {
  if (typeof left === 'number' && typeof right === 'number') {
    return left - right;
  }
  return String(left ?? '').localeCompare(String(right ?? ''), undefined, { numeric: true });
}
