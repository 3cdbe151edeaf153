import { buildMetricRecords } from '../../../../src/capture/otlp/metricRecords.ts';
import { parseOtlp } from '../../../../src/capture/otlp/otlp.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';

export const arrival = Date.UTC(2026, 10, 22, 12);

type Value = string | number | boolean | null;

/** Attributes as JavaScript's exporters write them; null becomes an empty value. */
export function attributes(values: Readonly<Record<string, Value>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: Value) {
  if (value === null) {
    return {};
  }
  if (typeof value === 'string') {
    return { stringValue: value };
  }
  if (typeof value === 'boolean') {
    return { boolValue: value };
  }
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
}

interface Around {
  readonly scope?: string;
  readonly resource?: Readonly<Record<string, Value>>;
}

/** A request with one log record. */
export function logs(values: Readonly<Record<string, Value>>, { scope = '', resource = {} }: Around = {}, more = {}) {
  const record = { timeUnixNano: '1795300003000000000', attributes: attributes(values), ...more };
  return {
    resourceLogs: [
      { resource: { attributes: attributes(resource) }, scopeLogs: [{ scope: { name: scope }, logRecords: [record] }] },
    ],
  };
}

/** A request with one span of two seconds. */
export function spans(values: Readonly<Record<string, Value>>, { scope = '', resource = {} }: Around = {}, more = {}) {
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'cccccccccccccccc',
    name: 'span',
    startTimeUnixNano: '1795300001000000000',
    endTimeUnixNano: '1795300003000000000',
    attributes: attributes(values),
    ...more,
  };
  return {
    resourceSpans: [
      { resource: { attributes: attributes(resource) }, scopeSpans: [{ scope: { name: scope }, spans: [span] }] },
    ],
  };
}

export interface Point {
  readonly name: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly value: number | string;
  readonly start?: string;
  readonly time?: string;
}

/** A request with sums; `temporality` is 1 for steps and 2 for totals since the start. */
export function sums(points: readonly Point[], temporality: number, { scope = '', resource = {} }: Around = {}) {
  const metrics = points.map(
    ({ name, values, value, start = '1795300000000000000', time = '1795300060000000000' }) => ({
      name,
      sum: {
        aggregationTemporality: temporality,
        isMonotonic: true,
        dataPoints: [{ attributes: attributes(values), startTimeUnixNano: start, timeUnixNano: time, asInt: value }],
      },
    }),
  );
  return {
    resourceMetrics: [
      { resource: { attributes: attributes(resource) }, scopeMetrics: [{ scope: { name: scope }, metrics }] },
    ],
  };
}

export function parseJson(request: unknown) {
  return parseOtlp({ encoding: 'json', text: JSON.stringify(request) }, null, arrival);
}

/** The records of a request; those of metrics as if nothing had been known before. */
export function recordsOf(request: unknown): UsageRecord[] {
  const { records, points, error } = parseJson(request);
  const metrics = buildMetricRecords(points, arrival);
  const problem = error ?? metrics.error;
  if (problem !== null) {
    throw new Error(problem);
  }
  return [...records, ...metrics.records];
}

export function recordOf(request: unknown): UsageRecord {
  const [record, ...others] = recordsOf(request);
  if (!record || others.length > 0) {
    throw new Error(`expected one record, got ${others.length + (record ? 1 : 0)}`);
  }
  return record;
}

/** Why the one piece of a request was rejected. */
export function rejectionOf(request: unknown): string | null {
  const { records, rejected, error } = parseJson(request);
  if (records.length > 0 || rejected !== 1) {
    throw new Error(`expected one rejection, got ${rejected} and ${records.length} records`);
  }
  return error;
}

/** Input, cache reads, cache writes, output, reasoning. */
export function countsOf({ tokens }: UsageRecord) {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, output, reasoning } = tokens;
  return [input, cacheRead, cacheWrite5m + cacheWrite1h + cacheWrite, output, reasoning];
}
