import { cacheWriteTokens, promptTokens } from '../core/usageRecord.ts';
import type { CallRow } from './change.ts';
import type { Database } from './database.ts';
import { bucketMs, rollupColumns } from './schema.ts';

const addSums = `INSERT INTO rollup (bucket, facet, ${rollupColumns.join(', ')})
  VALUES (?, ?, ${rollupColumns.map(() => '?').join(', ')})
  ON CONFLICT (bucket, facet) DO UPDATE SET ${rollupColumns.map(name => `${name} = ${name} + excluded.${name}`).join(', ')}`;
const dropEmpty = 'DELETE FROM rollup WHERE bucket = ? AND facet = ? AND requests = 0';

/** Adds a call's share to its bucket (`sign` 1) or takes it out again (-1). Mirrors `callMeasures` in schema.ts. */
export function addToRollup(db: Database, { record, cost }: CallRow, facet: number, sign: 1 | -1): void {
  const { tokens } = record;
  const measures: Record<(typeof rollupColumns)[number], number> = {
    requests: 1,
    prompt_tokens: promptTokens(tokens) ?? 0,
    completion_tokens: tokens.output ?? 0,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: cacheWriteTokens(tokens),
    reasoning_tokens: tokens.reasoning ?? 0,
    cost_nano_usd: cost.nanoUsd ?? 0,
    costed_requests: cost.nanoUsd === null ? 0 : 1,
    unpriced_requests: cost.basis === 'unpriced' ? 1 : 0,
    latency_ms: record.latencyMs ?? 0,
    timed_requests: record.latencyMs === null ? 0 : 1,
  };
  const place = [Math.floor(record.timestamp / bucketMs), facet];
  db.run(addSums, ...place, ...rollupColumns.map(name => sign * measures[name]));
  if (sign < 0) {
    db.run(dropEmpty, ...place);
  }
}
