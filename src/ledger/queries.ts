import { dayOf, hourOf } from '../core/calendar.ts';
import type { GroupKey, GroupSums, Range, Sums } from '../core/sums.ts';
import type { Database, SqlValue } from './database.ts';
import { bucketMs, callMeasures, rollupColumns } from './schema.ts';

type SumRow = Record<(typeof rollupColumns)[number], number | null>;

const sums = rollupColumns.map(name => `sum(${name}) AS ${name}`).join(', ');
const facetColumns: readonly GroupKey[] = [
  'provider',
  'model',
  'agent',
  'task_type',
  'user_id',
  'team',
  'project',
  'branch',
];

/**
 * The calls of a range as rows of (bucket, facet, measures): whole buckets from the rollups, the ends that cut a bucket from
 * the calls themselves.
 */
function measuresIn({ fromMs, toMs }: Range): { sql: string; values: SqlValue[] } {
  const firstWhole = Math.ceil(fromMs / bucketMs);
  const endWhole = Math.floor(toMs / bucketMs);
  const columns = rollupColumns.join(', ');
  const calls = `SELECT c.timestamp / ${bucketMs} AS bucket, c.facet AS facet, ${callMeasures} FROM call c
    WHERE c.timestamp >= ? AND c.timestamp < ?`;
  if (firstWhole >= endWhole) {
    return { sql: calls, values: [fromMs, toMs] };
  }
  const parts = [`SELECT bucket, facet, ${columns} FROM rollup WHERE bucket >= ? AND bucket < ?`];
  const values = [firstWhole, endWhole];
  for (const [from, to] of [
    [fromMs, firstWhole * bucketMs],
    [endWhole * bucketMs, toMs],
  ] as const) {
    if (from < to) {
      parts.push(calls);
      values.push(from, to);
    }
  }
  return { sql: parts.join(' UNION ALL '), values };
}

/** Sessions are too many for the rollups, so their sums are taken from the calls. */
function measuresBySession({ fromMs, toMs }: Range): { sql: string; values: SqlValue[] } {
  const sql = `SELECT c.timestamp / ${bucketMs} AS bucket, c.facet AS facet, s.name AS session_id, ${callMeasures}
    FROM call c LEFT JOIN session s ON s.id = c.session WHERE c.timestamp >= ? AND c.timestamp < ?`;
  return { sql, values: [fromMs, toMs] };
}

/** Sums over all calls of a range. */
export function sumRange(db: Database, range: Range): Sums {
  const { sql, values } = measuresIn(range);
  return toSums(db.get<SumRow>(`SELECT ${sums} FROM (${sql})`, ...values));
}

/** Sums by any combination of keys, in no particular order. `zone` is the IANA zone of `day` and `hour`. */
export function groupRange(db: Database, range: Range, keys: readonly GroupKey[], zone: string): GroupSums[] {
  const { sql, values } = keys.includes('session_id') ? measuresBySession(range) : measuresIn(range);
  const isByTime = keys.some(key => key === 'day' || key === 'hour');
  const columns: string[] = keys.filter(key => facetColumns.includes(key)).map(key => `f.${key}`);
  if (keys.includes('session_id')) {
    columns.push('m.session_id');
  }
  if (isByTime) {
    columns.push('m.bucket');
  }
  const grouped = `SELECT ${[...columns, sums].join(', ')} FROM (${sql}) m JOIN facet f ON f.id = m.facet
    GROUP BY ${columns.join(', ')}`;
  const rows = db.all<SumRow & { bucket: number } & Record<string, string | null>>(grouped, ...values);
  const groups = new Map<string, GroupSums>();
  for (const row of rows) {
    const key = Object.fromEntries(keys.map(name => [name, keyValue(name, row, zone)]));
    const text = JSON.stringify(key);
    const known = groups.get(text);
    groups.set(text, { key, sums: known ? addSums(known.sums, toSums(row)) : toSums(row) });
  }
  return [...groups.values()];
}

/** Model names without a rate, most calls first. A call without any model name has no override that could price it. */
export function unpricedModels(db: Database, range: Range): string[] {
  const { sql, values } = measuresIn(range);
  const rows = db.all<{ model: string }>(
    `SELECT f.model AS model FROM (${sql}) m JOIN facet f ON f.id = m.facet WHERE m.unpriced_requests > 0 AND f.model IS NOT NULL
     GROUP BY f.model ORDER BY sum(m.unpriced_requests) DESC, f.model`,
    ...values,
  );
  return rows.map(({ model }) => model);
}

function keyValue(name: GroupKey, row: { bucket: number } & Record<string, unknown>, zone: string): string | null {
  if (name === 'day') {
    return dayOf(row.bucket * bucketMs, zone);
  }
  return name === 'hour' ? hourOf(row.bucket * bucketMs, zone) : (row[name] as string | null);
}

function toSums(row: SumRow | undefined): Sums {
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
    latencyMs: row?.latency_ms ?? 0,
    timedRequests: row?.timed_requests ?? 0,
  };
}

function addSums(a: Sums, b: Sums): Sums {
  const names = Object.keys(a) as (keyof Sums)[];
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as unknown as Sums;
}
