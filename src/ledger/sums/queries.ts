import type { Filter } from '../../core/filter.ts';
import { addSums, type GroupKey, type GroupSums, type Range, type Sums } from '../../core/sums.ts';
import type { Database, SqlValue } from '../tables/database.ts';
import { facetKeys } from '../tables/dimensions.ts';
import { bucketMs, callMeasures, rollupColumns, wideQuarters } from '../tables/schema.ts';
import { cutIntoSlots, raggedEnds, type Slot, type TimeKey, timeKeys, wholeBuckets } from '../tables/slots.ts';
import { findLimits, type Limits, limitTo } from './filter.ts';
import { groupNumber } from './groupNumber.ts';

/** A row of {@link rollupColumns}. */
export type SumRow = Record<(typeof rollupColumns)[number], number | null>;
type GroupRow = SumRow & { readonly slot: number } & Readonly<Record<string, string | null>>;

const sums = rollupColumns.map(name => `sum(${name}) AS ${name}`).join(', ');

export function isFacetKey(key: GroupKey): boolean {
  return facetKeys.some(each => each === key);
}

/** The column of a facet f that shows a key. */
export function facetColumn(key: GroupKey): string {
  // A call whose plan nobody said is paid per token.
  return key === 'plan' ? "ifnull(f.plan, 'api') AS plan" : `f.${key}`;
}

/** Sums over all calls of a range, or those that a filter chooses. */
export function sumRange(db: Database, range: Range, filter: Filter = {}): Sums {
  return groupRange(db, range, [], 'UTC', filter)[0]?.sums ?? toSums(undefined);
}

/**
 * Sums by any combination of keys, in no particular order. `zone` is the IANA zone of the time keys. Whole buckets come from
 * the rollups; the ends of a range that cut a bucket, and sessions together with another dimension, from the calls themselves.
 */
export function groupRange(
  db: Database,
  range: Range,
  keys: readonly GroupKey[],
  zone: string,
  filter: Filter = {},
): GroupSums[] {
  const limits = findLimits(db, filter);
  const slots = cutIntoSlots(clip(db, range), keys, zone);
  const isByFacet = keys.some(isFacetKey);
  const isBySession = keys.includes('session_id');
  const numbers = [...(isByFacet ? ['facet'] : []), ...(isBySession ? ['session'] : [])];
  const needsSessions = isBySession || limits.sessions !== null;
  const isFromCalls = needsSessions && (isByFacet || limits.facets !== null);
  const pieces = isFromCalls ? slots.map((slot, index) => ({ ...slot, index })) : raggedEnds(slots);
  const parts = [sumCalls(numbers, limits)];
  const values: SqlValue[] = [JSON.stringify(pieces.map(({ index, fromMs, toMs }) => [index, fromMs, toMs]))];
  if (needsSessions && !isFromCalls) {
    parts.push(sumRollups('session_rollup', numbers, limits));
    values.push(JSON.stringify(slots.map((slot, index) => [index, ...wholeBuckets(slot)])));
  } else if (!isFromCalls) {
    parts.push(sumRollups('wide_rollup', numbers, limits), sumRollups('rollup', numbers, limits));
    values.push(...cutIntoTiers(slots).map(tier => JSON.stringify(tier)));
  }
  const names = [...keys.filter(isFacetKey).map(facetColumn), ...(isBySession ? ['s.name AS session_id'] : [])];
  // Summed by numbers first, so that the names are joined to a few rows only.
  const sql = `SELECT ${[...names, 'g.*'].join(', ')} FROM (${parts.join(' UNION ALL ')}) g
    ${isByFacet ? 'JOIN facet f ON f.id = g.facet' : ''} ${isBySession ? 'LEFT JOIN session s ON s.id = g.session' : ''}`;
  return mergeGroups(db.all<GroupRow>(sql, ...values), keys, slots);
}

/** Model names without a rate, most calls first. A call without any model name has no override that could price it. */
export function unpricedModels(db: Database, range: Range): string[] {
  return groupRange(db, range, ['model'], 'UTC')
    .filter(({ key, sums: { unpricedRequests } }) => key.model !== null && unpricedRequests > 0)
    .sort(
      (a, b) =>
        b.sums.unpricedRequests - a.sums.unpricedRequests || ((a.key.model ?? '') < (b.key.model ?? '') ? -1 : 1),
    )
    .map(({ key }) => key.model ?? '');
}

/** The part of a range in which there are calls, so that an open end does not become thousands of empty days. */
function clip(db: Database, { fromMs, toMs }: Range): Range {
  const held = db.get<{ first: number | null; last: number | null }>(
    'SELECT (SELECT min(bucket) FROM rollup) AS first, (SELECT max(bucket) FROM rollup) AS last',
  );
  const from = Math.max(fromMs, (held?.first ?? 0) * bucketMs);
  return { fromMs: from, toMs: Math.max(from, Math.min(toMs, ((held?.last ?? -1) + 1) * bucketMs)) };
}

/** Each slot as wide buckets and, at its ends, single ones: lists of slot, first bucket and the one after the last. */
function cutIntoTiers(slots: readonly Slot[]): [wide: number[][], single: number[][]] {
  const wide: number[][] = [];
  const single: number[][] = [];
  for (const [index, slot] of slots.entries()) {
    const [first, end] = wholeBuckets(slot);
    const firstWide = Math.ceil(first / wideQuarters);
    const endWide = Math.floor(end / wideQuarters);
    if (firstWide < endWide) {
      wide.push([index, firstWide, endWide]);
      single.push([index, first, firstWide * wideQuarters], [index, endWide * wideQuarters, end]);
    } else {
      single.push([index, first, end]);
    }
  }
  return [wide, single];
}

/** Lists of slot, start and end, taken apart once and not for each row that is compared with them. */
const pieceList = `WITH list (slot, start, end) AS MATERIALIZED (
  SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)) SELECT * FROM list`;

function sumCalls(numbers: readonly string[], limits: Limits): string {
  return `SELECT ${['slot', ...numbers, sums].join(', ')} FROM (
    SELECT piece.slot, c.facet, ifnull(c.session, 0) AS session, ${callMeasures}
    FROM (${pieceList}) piece JOIN call c ON c.timestamp >= piece.start AND c.timestamp < piece.end
    JOIN manner m ON m.id = c.manner JOIN facet f ON f.id = c.facet
    WHERE 1 ${limitTo('c.facet', limits.facets)} ${limitTo('ifnull(c.session, 0)', limits.sessions)}) GROUP BY ${groupBy('slot', numbers)}`;
}

function sumRollups(table: string, numbers: readonly string[], limits: Limits): string {
  const limit = table === 'session_rollup' ? limitTo('r.session', limits.sessions) : limitTo('r.facet', limits.facets);
  const columns = ['piece.slot', ...numbers, sums];
  return `SELECT ${columns.join(', ')} FROM (${pieceList}) piece JOIN ${table} r
    ON r.bucket >= piece.start AND r.bucket < piece.end ${limit} GROUP BY ${groupBy('piece.slot', numbers)}`;
}

function groupBy(slot: string, numbers: readonly string[]): string {
  return groupNumber(slot, ...numbers.map(name => [name, name] as const));
}

function mergeGroups(rows: readonly GroupRow[], keys: readonly GroupKey[], slots: readonly Slot[]): GroupSums[] {
  const groups = new Map<string, GroupSums>();
  for (const row of rows) {
    if (row.requests) {
      const time = slots[row.slot]?.key;
      const readKey = (name: GroupKey): string | null => (isTimeKey(name) ? time?.[name] : row[name]) ?? null;
      const key = Object.fromEntries(keys.map(name => [name, readKey(name)]));
      const text = JSON.stringify(key);
      const known = groups.get(text);
      groups.set(text, { key, sums: known ? addSums(known.sums, toSums(row)) : toSums(row) });
    }
  }
  return [...groups.values()];
}

function isTimeKey(key: GroupKey): key is TimeKey {
  return timeKeys.some(known => known === key);
}

/** Sums out of a row; all 0 for none. */
export function toSums(row: SumRow | undefined): Sums {
  return {
    requests: row?.requests ?? 0,
    promptTokens: row?.prompt_tokens ?? 0,
    completionTokens: row?.completion_tokens ?? 0,
    cacheReadTokens: row?.cache_read_tokens ?? 0,
    cacheWriteTokens: row?.cache_write_tokens ?? 0,
    reasoningTokens: row?.reasoning_tokens ?? 0,
    costNanoUsd: row?.cost_nano_usd ?? 0,
    costedRequests: row?.costed_requests ?? 0,
    unpricedRequests: row?.unpriced_requests ?? 0,
    subscriptionNanoUsd: row?.subscription_nano_usd ?? 0,
    subscriptionCostedRequests: row?.subscription_costed_requests ?? 0,
    estimatedRequests: row?.estimated_requests ?? 0,
    latencyMs: row?.latency_ms ?? 0,
    timedRequests: row?.timed_requests ?? 0,
  };
}
