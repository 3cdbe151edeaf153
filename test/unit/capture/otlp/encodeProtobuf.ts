import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { OtlpSignal } from '../../../../src/capture/otlp/protobuf.ts';

/** How a value is written, or the fields of the message that it is. */
type Kind =
  | 'string'
  | 'bool'
  | 'varint'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'hex'
  | 'base64'
  | (() => Fields);
/** Fields by their names in OTLP/JSON. */
interface Fields {
  readonly [name: string]: readonly [fieldNo: number, kind: Kind];
}

// The fields that exporters send, those included that the receiver must skip. By the numbers of opentelemetry-proto; a request
// of a real exporter (`claude-code-otlp-logs.pb`) is decoded beside them, so that both tables can't be wrong together.
const anyValue: Fields = {
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, () => ({ values: [1, () => anyValue] })],
  kvlistValue: [6, () => ({ values: [1, () => keyValue] })],
  bytesValue: [7, 'base64'],
};
const keyValue: Fields = { key: [1, 'string'], value: [2, () => anyValue] };
const attributes = (fieldNo: number): Fields => ({ attributes: [fieldNo, () => keyValue] });
const resource: Fields = { ...attributes(1), droppedAttributesCount: [2, 'varint'] };
const scope: Fields = { name: [1, 'string'], version: [2, 'string'], ...attributes(3) };
const logRecord: Fields = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'varint'],
  severityText: [3, 'string'],
  body: [5, () => anyValue],
  ...attributes(6),
  droppedAttributesCount: [7, 'varint'],
  flags: [8, 'fixed32'],
  traceId: [9, 'hex'],
  spanId: [10, 'hex'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'string'],
};
const spanEvent: Fields = { timeUnixNano: [1, 'fixed64'], name: [2, 'string'], ...attributes(3) };
const span: Fields = {
  traceId: [1, 'hex'],
  spanId: [2, 'hex'],
  traceState: [3, 'string'],
  parentSpanId: [4, 'hex'],
  name: [5, 'string'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  ...attributes(9),
  droppedAttributesCount: [10, 'varint'],
  events: [11, () => spanEvent],
  droppedEventsCount: [12, 'varint'],
  links: [13, () => ({ traceId: [1, 'hex'], spanId: [2, 'hex'], ...attributes(4) })],
  droppedLinksCount: [14, 'varint'],
  status: [15, () => ({ message: [2, 'string'], code: [3, 'varint'] })],
  flags: [16, 'fixed32'],
};
const times: Fields = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] };
const numberPoint: Fields = { ...times, asDouble: [4, 'double'], asInt: [6, 'sfixed64'], ...attributes(7) };
const histogramPoint: Fields = {
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  ...attributes(9),
  min: [11, 'double'],
  max: [12, 'double'],
};
const kind: Fields = { aggregationTemporality: [2, 'varint'] };
const metric: Fields = {
  name: [1, 'string'],
  description: [2, 'string'],
  unit: [3, 'string'],
  gauge: [5, () => ({ dataPoints: [1, () => numberPoint] })],
  sum: [7, () => ({ dataPoints: [1, () => numberPoint], ...kind, isMonotonic: [3, 'bool'] })],
  histogram: [9, () => ({ dataPoints: [1, () => histogramPoint], ...kind })],
};

const requests: Readonly<Record<OtlpSignal, Fields>> = {
  logs: request('resourceLogs', 'scopeLogs', 'logRecords', logRecord),
  traces: request('resourceSpans', 'scopeSpans', 'spans', span),
  metrics: request('resourceMetrics', 'scopeMetrics', 'metrics', metric),
};

function request(resources: string, scopes: string, entries: string, entry: Fields): Fields {
  const inScope: Fields = { scope: [1, () => scope], [entries]: [2, () => entry], schemaUrl: [3, 'string'] };
  const inResource: Fields = { resource: [1, () => resource], [scopes]: [2, () => inScope], schemaUrl: [3, 'string'] };
  return { [resources]: [1, () => inResource] };
}

/** An OTLP/JSON request as protobuf. Throws for a field that the tables above do not know. */
export function encodeProtobuf(body: unknown, signal: OtlpSignal): Uint8Array {
  return writeMessage(new BinaryWriter(), body as object, requests[signal]).finish();
}

function writeMessage(writer: BinaryWriter, message: object, fields: Fields): BinaryWriter {
  for (const [name, value] of Object.entries(message)) {
    const field = fields[name];
    if (!field) {
      throw new Error(`The test's table has no field ${name}.`);
    }
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null) {
        writeValue(writer, field[0], field[1], one);
      }
    }
  }
  return writer;
}

function writeValue(writer: BinaryWriter, fieldNo: number, type: Kind, value: unknown): void {
  if (typeof type === 'function') {
    writeMessage(writer.tag(fieldNo, WireType.LengthDelimited).fork(), value as object, type()).join();
  } else if (type === 'string') {
    writer.tag(fieldNo, WireType.LengthDelimited).string(String(value));
  } else if (type === 'hex' || type === 'base64') {
    writer.tag(fieldNo, WireType.LengthDelimited).bytes(Buffer.from(String(value), type));
  } else if (type === 'bool') {
    writer.tag(fieldNo, WireType.Varint).bool(Boolean(value));
  } else if (type === 'varint') {
    writer.tag(fieldNo, WireType.Varint).int64(String(value));
  } else if (type === 'fixed32') {
    writer.tag(fieldNo, WireType.Bit32).fixed32(Number(value));
  } else {
    writer.tag(fieldNo, WireType.Bit64)[type](type === 'double' ? Number(value) : (String(value) as never));
  }
}
