import * as v from 'valibot';
import { normalizeProvider } from '../../core/provider.ts';
import { completenesses, emptyRecord, plans, type UsageRecord } from '../../core/usageRecord.ts';
import type { FailedCall } from '../../ledger/side/failedCalls.ts';
import type { LateRecords } from './lateRecords.ts';

const text = v.optional(v.nullable(v.pipe(v.string(), v.maxLength(1000))), null);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e12));
const counted = v.optional(count, 0);
const known = v.optional(v.nullable(count), null);
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(8.64e15));

/** What calls and failed calls have in common; what an older engine does not know is null. */
const common = {
  ids: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(2000))), v.maxLength(20)),
  requestId: text,
  timestamp: time,
  provider: v.pipe(
    text,
    v.transform(name => (name === null ? null : normalizeProvider(name))),
  ),
  ...{
    model: text,
    agent: text,
    sessionId: text,
    taskType: text,
    userId: text,
    team: text,
    project: text,
    branch: text,
  },
  ...{ folder: text, endpoint: text, latencyMs: known },
  plan: v.optional(v.nullable(v.picklist(plans)), null),
  signal: v.literal('gateway'),
};

const record = v.object({
  ...common,
  ...{ serviceTier: text, speed: text, inferenceGeo: text, webSearches: counted, billedNanoUsd: known },
  completeness: v.picklist(completenesses),
  tokens: v.object({
    ...{ input: known, output: known, reasoning: known },
    ...{ cacheRead: counted, cacheWrite5m: counted, cacheWrite1h: counted, cacheWrite: counted },
  }),
});

const failed = v.object({
  ...common,
  status: v.optional(v.nullable(v.pipe(v.number(), v.integer())), null),
  error: text,
});

const late = v.object({
  records: v.pipe(v.array(record), v.maxLength(10_000)),
  failed: v.pipe(v.array(failed), v.maxLength(10_000)),
});

/** What another version of the engine sent as late; null when it is not that. */
export function parseLate(body: unknown): LateRecords | null {
  const result = v.safeParse(late, body);
  if (!result.success) {
    return null;
  }
  return {
    records: result.output.records.map((parsed): UsageRecord => ({ ...emptyRecord, ...parsed })),
    failed: result.output.failed satisfies readonly FailedCall[],
  };
}
