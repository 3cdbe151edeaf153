/** The order of a table's rows. Pure. */
import type { TableSort } from '../messages.ts';
import type { Column } from './columns.ts';

/** What a click on a header gives: the same column turned round, else numbers from the largest and names from A. */
export function computeNextSort(sort: TableSort, column: { readonly id: string; readonly kind: string }): TableSort {
  return { column: column.id, descending: sort.column === column.id ? !sort.descending : column.kind === 'number' };
}

/** Rows in order, and of the same value the one with more requests first. Unknown values (null) come last whichever way is sorted, since they are neither large nor small. */
export function computeOrder<T>(rows: readonly T[], columns: readonly Column<T>[], sort: TableSort): T[] {
  const column = columns.find(({ id }) => id === sort.column) ?? columns[0];
  const [first] = columns;
  const requests = columns.find(({ id }) => id === 'requests');
  if (!column || !first) {
    return [...rows];
  }
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left !== right && (left === null || right === null)) {
      return left === null ? 1 : -1;
    }
    const byValue = compare(left, right);
    const byRequests = requests ? compare(requests.value(b), requests.value(a)) : 0;
    return (sort.descending ? -byValue : byValue) || byRequests || compare(first.value(a), first.value(b));
  });
}

function compare(left: string | number | null, right: string | number | null): number {
  if (typeof left === 'number' && typeof right === 'number') {
    return left - right;
  }
  return String(left ?? '').localeCompare(String(right ?? ''), undefined, { numeric: true });
}
