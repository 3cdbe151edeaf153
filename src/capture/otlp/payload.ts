import { parseTimestamp } from '../../core/time/time.ts';
import { asObject, formatPiece, type JsonObject } from '../json.ts';
import { type Attributes, readAttributes } from './attributes.ts';
import { OtlpDecodeError, readList, readPart } from './parts.ts';
import { decodeProtobuf, detectSignal, type OtlpSignal } from './protobuf.ts';

/** Where a piece of telemetry comes from, and what it says. */
export interface Telemetry {
  readonly resource: Attributes;
  /** Name of the instrumentation scope, `` when it has none. */
  readonly scope: string;
  readonly attributes: Attributes;
}

export interface OtlpLog extends Telemetry {
  /** Its name, from the attribute `event.name` or the record's own field. */
  readonly event: string;
  /** Epoch ms, UTC; null when nobody says. */
  readonly timestamp: number | null;
}

export interface OtlpSpan extends Telemetry {
  readonly name: string;
  /** Trace and span id; null when one is missing. */
  readonly id: string | null;
  /** The id of the span around it; null for the first of a trace. */
  readonly parent: string | null;
  /** Epoch ms, UTC. */
  readonly start: number | null;
  readonly end: number | null;
}

/** One data point of a sum or a histogram. */
export interface OtlpPoint extends Telemetry {
  readonly metric: string;
  readonly isCumulative: boolean;
  /** As sent, to tell series from another; `` when unsaid. */
  readonly start: string;
  /** Epoch ms, UTC. */
  readonly timestamp: number | null;
  /** The number of a sum, the sum of a histogram; as sent. */
  readonly value: unknown;
}

/** What one request holds. */
export interface OtlpPayload {
  readonly logs: readonly OtlpLog[];
  readonly spans: readonly OtlpSpan[];
  readonly points: readonly OtlpPoint[];
}

/** A body and how it is encoded. */
export type OtlpBody =
  | { readonly encoding: 'json'; readonly text: string }
  | { readonly encoding: 'protobuf'; readonly bytes: Uint8Array };

/**
 * Reads an export request; JSON and protobuf give the same. `signal` is the path's; null where the content has to tell. JSON is
 * always read by its own keys. Bodies of logs, events of spans and other content are not read at all. Throws `OtlpDecodeError`.
 */
export function parsePayload(body: OtlpBody, signal: OtlpSignal | null): OtlpPayload {
  const request = body.encoding === 'json' ? parseJson(body.text, signal) : parseProtobuf(body.bytes, signal);
  return { logs: readLogs(request), spans: readSpans(request), points: readPoints(request) };
}

function parseProtobuf(bytes: Uint8Array, signal: OtlpSignal | null): JsonObject {
  const known = signal ?? detectSignal(bytes);
  return known === null ? {} : decodeProtobuf(bytes, known);
}

function parseJson(text: string, signal: OtlpSignal | null): JsonObject {
  let request: JsonObject | null = null;
  try {
    request = asObject(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    // The parser's own message quotes the text.
    throw new OtlpDecodeError('The body is not JSON.');
  }
  const keys = ['resourceLogs', 'resourceSpans', 'resourceMetrics'];
  if (request === null || (signal === null && !keys.some(key => key in (request ?? {})))) {
    throw new OtlpDecodeError(`The body must be an object with one of ${keys.join(', ')}.`);
  }
  return request;
}

function readLogs(request: JsonObject): OtlpLog[] {
  return readEntries(request, ['resourceLogs', 'scopeLogs', 'logRecords'], (entry, path, origin) => {
    const attributes = readAttributes(entry, path);
    const name = attributes.get('event.name') ?? entry.eventName;
    return {
      ...origin,
      attributes,
      event: typeof name === 'string' ? name : '',
      // Codex' own time is 0 and its event's the exact one; the observed time is that of the exporter.
      timestamp:
        parseTimestamp(entry.timeUnixNano) ??
        parseTimestamp(attributes.get('event.timestamp')) ??
        parseTimestamp(entry.observedTimeUnixNano),
    };
  });
}

function readSpans(request: JsonObject): OtlpSpan[] {
  return readEntries(request, ['resourceSpans', 'scopeSpans', 'spans'], (entry, path, origin) => ({
    ...origin,
    attributes: readAttributes(entry, path),
    name: typeof entry.name === 'string' ? entry.name : '',
    id: formatSpanId(entry.traceId, entry.spanId),
    parent: formatSpanId(entry.traceId, entry.parentSpanId),
    start: parseTimestamp(entry.startTimeUnixNano),
    end: parseTimestamp(entry.endTimeUnixNano),
  }));
}

function formatSpanId(trace: unknown, span: unknown): string | null {
  const [inTrace, own] = [formatPiece(trace ?? ''), formatPiece(span ?? '')];
  return inTrace && own ? `${inTrace}/${own}`.toLowerCase() : null;
}

function readPoints(request: JsonObject): OtlpPoint[] {
  const metrics = readEntries(request, ['resourceMetrics', 'scopeMetrics', 'metrics'], (entry, path, origin) => {
    const kind = entry.histogram ? 'histogram' : 'sum';
    const data = readPart(entry, kind, path);
    return readList(data, 'dataPoints', `${path}${kind}.`).map(
      (point, index): OtlpPoint => ({
        ...origin,
        attributes: readAttributes(point, `${path}${kind}.dataPoints[${index}].`),
        metric: typeof entry.name === 'string' ? entry.name : '',
        // 2, as a number or by name: the one that adds up from the start. Sums that say nothing are the steps between.
        isCumulative: /2|CUMULATIVE/.test(formatPiece(data.aggregationTemporality)),
        start: formatPiece(point.startTimeUnixNano ?? ''),
        timestamp: parseTimestamp(point.timeUnixNano),
        value: kind === 'histogram' ? point.sum : (point.asInt ?? point.asDouble),
      }),
    );
  });
  return metrics.flat();
}

type Origin = Pick<Telemetry, 'resource' | 'scope'>;

/** The entries of all scopes of all resources; `fields` are the names of the three lists. */
function readEntries<T>(
  request: JsonObject,
  fields: readonly [string, string, string],
  read: (entry: JsonObject, path: string, origin: Origin) => T,
): T[] {
  const [resources, scopes, entries] = fields;
  return readList(request, resources, '').flatMap((holder, r) => {
    const inResource = `${resources}[${r}].`;
    const resource = readAttributes(readPart(holder, 'resource', inResource), `${inResource}resource.`);
    return readList(holder, scopes, inResource).flatMap((group, s) => {
      const inScope = `${inResource}${scopes}[${s}].`;
      const { name } = readPart(group, 'scope', inScope);
      const origin = { resource, scope: typeof name === 'string' ? name : '' };
      return readList(group, entries, inScope).map((entry, e) => read(entry, `${inScope}${entries}[${e}].`, origin));
    });
  });
}
