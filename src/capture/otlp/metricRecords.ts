import { reportIdMark, type UsageRecord } from '../../core/usageRecord.ts';
import { buildRecord } from '../record.ts';
import type { Stated } from '../tokens.ts';
import { type Counts, toTokens } from './buckets.ts';
import { type Capture, collect } from './capture.ts';
import type { MetricBucket, MetricPoint } from './metrics.ts';

/**
 * The records of steps, one per group and time: all calls of a session with one model between two exports. Their starts may differ by
 * the moment at which each counter was made (Gemini CLI 0.61.0); the earliest is part of the id, by which a step delivered twice is one
 * record. Steps of nothing give none.
 */
export function buildMetricRecords(steps: readonly MetricPoint[], receivedAt: number): Capture {
  const groups = new Map<string, MetricPoint[]>();
  for (const step of steps) {
    const key = `${step.group}/${step.timestamp}`;
    groups.set(key, [...(groups.get(key) ?? []), step]);
  }
  return collect([...groups.values()], points => buildMetricRecord(points, receivedAt));
}

function buildMetricRecord(points: readonly MetricPoint[], receivedAt: number): UsageRecord | null {
  const [point] = points.toSorted((a, b) => (a.start < b.start ? -1 : 1));
  if (!point || points.every(({ value }) => value === 0)) {
    return null;
  }
  const { context, group, start, timestamp, provider, model, completeness, meaning } = point;
  const id = `${reportIdMark}metric/${group}/${start}/${timestamp}`.toWellFormed();
  const facts = { id: null, provider, model, tokens: toTokens(countsOf(points), meaning), completeness };
  return buildRecord(facts, { ...context, timestamp, idempotencyKey: id }, receivedAt, 'otlp_metric');
}

/** A kind without a point counted nothing yet; only of reasoning that is no news. */
function countsOf(points: readonly MetricPoint[]): Counts {
  const sum = (...buckets: MetricBucket[]): Stated => {
    const values = points.flatMap(({ bucket, value }) => (buckets.includes(bucket) ? [value] : []));
    return { field: buckets[0] ?? '', value: values.reduce((total, value) => total + value, 0) };
  };
  const reasons = points.some(({ bucket }) => bucket === 'reasoning' || bucket === 'thoughts');
  const reasoning = sum('reasoning', 'thoughts');
  return {
    input: sum('input', 'tool'),
    output: sum('output', 'thoughts'),
    cacheRead: sum('cacheRead'),
    cacheWrite: sum('cacheWrite'),
    reasoning: reasons ? reasoning : { ...reasoning, value: null },
  };
}
