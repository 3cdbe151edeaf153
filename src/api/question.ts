import type { Filter } from '../core/filter.ts';
import type { GroupKey, SummaryPeriod } from './sumsContract.ts';

/** A named period, or instants or zone dates with `to` exclusive. */
export type SummaryRange = { readonly period: SummaryPeriod } | { readonly from: string; readonly to: string };

/** What else a question about calls may say. */
export interface ReadOptions {
  readonly filter?: Filter;
  /** Whether the range before is to be told, too. */
  readonly isCompared?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RecordOptions extends ReadOptions {
  readonly range?: SummaryRange;
  readonly order: 'newest' | 'oldest' | 'dearest';
  readonly limit: number;
}

/** A question about calls: an empty value of a filter stands for calls without any. */
export function formatQuery(
  query: Readonly<Record<string, string>>,
  groupBy: readonly GroupKey[],
  { filter = {}, isCompared }: ReadOptions,
): URLSearchParams {
  const params = new URLSearchParams({
    ...query,
    ...(groupBy.length > 0 ? { group_by: groupBy.join(',') } : {}),
    ...(isCompared ? { compare: 'previous' } : {}),
  });
  for (const [key, values] of Object.entries(filter)) {
    for (const value of values) {
      params.append(key, value ?? '');
    }
  }
  return params;
}
