import type { Filter } from '../../core/filter.ts';
import type { Range } from '../../core/sums.ts';
import type { Calls } from '../tables/calls.ts';
import type { CallRow } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';
import { findLimits, limitTo } from './filter.ts';

export const callOrders = ['newest', 'oldest', 'dearest'] as const;
export type CallOrder = (typeof callOrders)[number];

/** Which calls, in which order, and how many. */
export interface CallQuery {
  readonly range: Range;
  readonly filter: Filter;
  readonly order: CallOrder;
  readonly limit: number;
  readonly offset: number;
}

const clauses: Record<CallOrder, string> = {
  newest: 'c.timestamp DESC, c.n DESC',
  oldest: 'c.timestamp, c.n',
  dearest: 'c.cost_nano_usd DESC NULLS LAST, c.timestamp DESC, c.n DESC',
};

/** Single calls, as far as they are kept. */
export function readCalls(db: Database, calls: Calls, { range, filter, order, limit, offset }: CallQuery): CallRow[] {
  const limits = findLimits(db, filter);
  return calls.read(
    `WHERE c.timestamp >= ? AND c.timestamp < ?
    ${limitTo('c.facet', limits.facets)} ${limitTo('ifnull(c.session, 0)', limits.sessions)}
    ORDER BY ${clauses[order]} LIMIT ? OFFSET ?`,
    range.fromMs,
    range.toMs,
    limit,
    offset,
  );
}

/** The same order for calls of several ledgers: for `sort`. */
export function compareCalls(order: CallOrder): (a: CallRow, b: CallRow) => number {
  const byTime = (a: CallRow, b: CallRow) => b.record.timestamp - a.record.timestamp || (a.id < b.id ? 1 : -1);
  switch (order) {
    case 'newest':
      return byTime;
    case 'oldest':
      return (a, b) => byTime(b, a);
    case 'dearest':
      return (a, b) => (b.cost.nanoUsd ?? -1) - (a.cost.nanoUsd ?? -1) || byTime(a, b);
  }
}
