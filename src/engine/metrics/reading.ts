import type { GroupKey, Sums } from '../../core/sums.ts';
import { sumsOf } from '../../ledger/joining/lookUps.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { latencyBound, latencyBoundsMs } from '../../ledger/sums/latencyBounds.ts';
import type { CallRow } from '../../ledger/tables/change.ts';

/** The labels of metrics, in their order: small dimensions only, no session, request or user. */
export const metricLabels = ['provider', 'model', 'agent', 'task_type', 'team', 'project', 'plan'] as const;

/** What became of calls that failed, by the answer's status. */
export const failures = ['rate_limited', 'client_error', 'server_error', 'no_answer'] as const;

/** What the sums of a series count, in the order of its numbers. Tokens are disjoint but for `reasoning`, a part of `output`. */
export const measureNames = [
  'requests',
  'unpriced',
  'input',
  'cache_read',
  'cache_write',
  'output',
  'reasoning',
  'cost_nano_usd',
] as const;
export type MeasureName = (typeof measureNames)[number];

/** Numbers by labels; a key is the JSON of the values of {@link metricLabels}. */
export type Series = ReadonlyMap<string, readonly number[]>;

/** What the calls of one or more ledgers come to, of all time. */
export interface Reading {
  /** In the order of {@link measureNames}. */
  readonly sums: Series;
  /** Calls by class in the order of `latencyBoundsMs`, and at the end the ms of all. */
  readonly latencies: Series;
  /** Failed calls; their keys have one of {@link failures} behind the labels. */
  readonly failed: Series;
}

export const noReading: Reading = { sums: new Map(), latencies: new Map(), failed: new Map() };

const allTime = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

type Key = Readonly<Partial<Record<GroupKey, string | number | null>>>;

/** Reads a ledger: from its rollups, so that a million calls cost no more than their few combinations. */
export function readLedger(ledger: Pick<Ledger, 'failed' | 'group' | 'latencies'>): Reading {
  const sums = ledger.group(allTime, metricLabels, 'UTC');
  const latencies = ledger.latencies(metricLabels);
  const failed = ledger.failed.group(allTime, [...metricLabels, 'status'], 'UTC');
  return {
    sums: new Map(sums.map(group => [keyOf(group.key), measure(group.sums)])),
    latencies: new Map(
      latencies.map(({ key, counts }) => {
        const of = (bound: number) => counts.find(({ boundMs }) => boundMs === bound)?.requests ?? 0;
        return [keyOf(key), [...latencyBoundsMs.map(of), counts.reduce((sum, { latencyMs }) => sum + latencyMs, 0)]];
      }),
    ),
    failed: failed.reduce<Series>(
      (series, { key, requests }) => addSeries(series, new Map([[keyOf(key, failureOf(key.status)), [requests]]])),
      new Map(),
    ),
  };
}

/** One call as a reading. */
export function readCall(row: CallRow): Reading {
  const { provider, model, agent, taskType, team, project, plan, latencyMs } = row.record;
  const key = keyOf({ provider, model, agent, task_type: taskType, team, project, plan: plan ?? 'api' });
  const own = latencyMs === null ? null : latencyBound(latencyMs);
  return {
    sums: new Map([[key, measure(sumsOf(row))]]),
    latencies:
      own === null
        ? new Map()
        : new Map([[key, [...latencyBoundsMs.map(bound => (bound === own ? 1 : 0)), latencyMs ?? 0]]]),
    failed: new Map(),
  };
}

/** `a` and `b` together; with `sign` -1 what is left of `a` without `b`. */
export function addReadings(a: Reading, b: Reading, sign: 1 | -1 = 1): Reading {
  return {
    sums: addSeries(a.sums, b.sums, sign),
    latencies: addSeries(a.latencies, b.latencies, sign),
    failed: addSeries(a.failed, b.failed, sign),
  };
}

/** Only what is above 0. */
export function risesOf({ sums, latencies, failed }: Reading): Reading {
  const keep = (series: Series): Series =>
    new Map(
      [...series]
        .map(([key, numbers]) => [key, numbers.map(number => Math.max(0, number))] as const)
        .filter(([, numbers]) => numbers.some(number => number > 0)),
    );
  return { sums: keep(sums), latencies: keep(latencies), failed: keep(failed) };
}

export function addSeries(a: Series, b: Series, sign: 1 | -1 = 1): Series {
  const sum = new Map(a);
  for (const [key, numbers] of b) {
    const known = sum.get(key) ?? [];
    sum.set(
      key,
      numbers.map((number, index) => (known[index] ?? 0) + sign * number),
    );
  }
  return sum;
}

function keyOf(key: Key, ...more: readonly string[]): string {
  return JSON.stringify([...metricLabels.map(name => key[name] ?? null), ...more]);
}

function failureOf(status: string | number | null | undefined): (typeof failures)[number] {
  if (typeof status !== 'number') {
    return 'no_answer';
  }
  return status === 429 ? 'rate_limited' : status >= 500 ? 'server_error' : 'client_error';
}

function measure(sums: Sums): number[] {
  const measures: Record<MeasureName, number> = {
    requests: sums.requests,
    unpriced: sums.unpricedRequests,
    // A call whose uncached input is unknown has no prompt in the sums, but may have a cache.
    input: Math.max(0, sums.promptTokens - sums.cacheReadTokens - sums.cacheWriteTokens),
    cache_read: sums.cacheReadTokens,
    cache_write: sums.cacheWriteTokens,
    output: sums.completionTokens,
    reasoning: sums.reasoningTokens,
    cost_nano_usd: sums.costNanoUsd,
  };
  return measureNames.map(name => measures[name]);
}

/** A reading as it is kept in a file. */
export function formatReading({ sums, latencies, failed }: Reading): string {
  return `${JSON.stringify({ sums: [...sums], latencies: [...latencies], failed: [...failed] })}\n`;
}

/** The inverse of {@link formatReading}; throws for what is none. */
export function parseReading(text: string): Reading {
  const { sums, latencies, failed } = JSON.parse(text);
  return { sums: new Map(sums), latencies: new Map(latencies), failed: new Map(failed) };
}
