import type { Signal, UsageRecord } from '../../core/usageRecord.ts';
import { buildRecord } from '../record.ts';
import { type Capture, collect, joinCaptures } from './capture.ts';
import { findEmitter } from './emitters.ts';
import type { MetricPoint } from './metrics.ts';
import { SpanNesting } from './nesting.ts';
import { type OtlpBody, type OtlpPoint, type OtlpSpan, parsePayload } from './payload.ts';
import type { OtlpSignal } from './protobuf.ts';
import type { Reading } from './reading.ts';

/** What one export request tells of model calls. */
export interface OtlpCapture extends Capture {
  /** Tokens that metrics counted. Those of cumulative series need what was known before (`series.ts`) to become steps. */
  readonly points: readonly MetricPoint[];
}

/**
 * Parses an export request of logs, traces or metrics. `signal` is the path's, null where the content has to tell. What is no usage
 * is left out; what contradicts itself is counted as rejected. `nesting` remembers the spans of earlier requests. Throws `OtlpDecodeError`.
 */
export function parseOtlp(
  body: OtlpBody,
  signal: OtlpSignal | null,
  receivedAt: number,
  nesting = new SpanNesting(),
): OtlpCapture {
  const { logs, spans, points } = parsePayload(body, signal);
  const build = (reading: Reading | null | undefined, by: Signal) =>
    reading ? buildRecord(reading.facts, reading.context, receivedAt, by) : null;
  const metrics = readPoints(points, receivedAt);
  const capture = joinCaptures([
    collect(logs, log => build(findEmitter(log)?.log?.(log), 'otlp_log')),
    readSpans(spans, span => build(findEmitter(span)?.span?.(span), 'otlp_span'), nesting),
    metrics,
  ]);
  return { ...capture, points: metrics.points };
}

function readSpans(
  spans: readonly OtlpSpan[],
  read: (span: OtlpSpan) => UsageRecord | null,
  nesting: SpanNesting,
): Capture {
  const found = new Map<OtlpSpan, UsageRecord>();
  const capture = collect(spans, span => {
    const record = read(span);
    if (record) {
      found.set(span, record);
    }
    return record;
  });
  const traced = spans.map(span => ({ id: span.id, parent: span.parent, record: found.get(span) ?? null }));
  return { ...capture, records: nesting.join(traced) };
}

function readPoints(points: readonly OtlpPoint[], receivedAt: number): OtlpCapture {
  const read: MetricPoint[] = [];
  const capture = collect(points, point => {
    const counted = findEmitter(point)?.metric?.(point, receivedAt);
    if (counted) {
      read.push(counted);
    }
    return null;
  });
  return { ...capture, points: read };
}
