import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { JsonObject } from '../json.ts';
import { OtlpDecodeError } from './parts.ts';

export type OtlpSignal = 'logs' | 'traces' | 'metrics';

/** How a single value is written; `number` is an enum, `digits` an integer of 64 bits, `hex` an id. */
type Scalar = 'string' | 'bool' | 'number' | 'digits' | 'time' | 'count' | 'double' | 'hex';
interface Message {
  readonly [fieldNo: number]: readonly [name: string, type: Scalar | Message | readonly [Message]];
}

// The fields that are read, by their numbers in opentelemetry-proto; a list is in brackets. All else is
// skipped unseen: bodies of logs, events of spans, lists and maps among attributes, which is where conversations are.
const anyValue: Message = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'digits'],
  4: ['doubleValue', 'double'],
};
const keyValue: Message = { 1: ['key', 'string'], 2: ['value', anyValue] };
const resource: Message = { 1: ['attributes', [keyValue]] };
const scope: Message = { 1: ['name', 'string'] };
const logRecord: Message = {
  1: ['timeUnixNano', 'time'],
  6: ['attributes', [keyValue]],
  11: ['observedTimeUnixNano', 'time'],
  12: ['eventName', 'string'],
};
const span: Message = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  7: ['startTimeUnixNano', 'time'],
  8: ['endTimeUnixNano', 'time'],
  9: ['attributes', [keyValue]],
};
const pointTimes: Message = { 2: ['startTimeUnixNano', 'time'], 3: ['timeUnixNano', 'time'] };
const numberPoint: Message = {
  ...pointTimes,
  4: ['asDouble', 'double'],
  6: ['asInt', 'count'],
  7: ['attributes', [keyValue]],
};
const histogramPoint: Message = { ...pointTimes, 5: ['sum', 'double'], 9: ['attributes', [keyValue]] };
const aggregation: Message = { 2: ['aggregationTemporality', 'number'] };
const metric: Message = {
  1: ['name', 'string'],
  7: ['sum', { 1: ['dataPoints', [numberPoint]], ...aggregation }],
  9: ['histogram', { 1: ['dataPoints', [histogramPoint]], ...aggregation }],
};

const requests: Readonly<Record<OtlpSignal, Message>> = {
  logs: request('resourceLogs', 'scopeLogs', ['logRecords', [logRecord]]),
  traces: request('resourceSpans', 'scopeSpans', ['spans', [span]]),
  metrics: request('resourceMetrics', 'scopeMetrics', ['metrics', [metric]]),
};

/** All three kinds of request have the same shape around their entries. */
function request(resources: string, scopes: string, entries: Message[number]): Message {
  return { 1: [resources, [{ 1: ['resource', resource], 2: [scopes, [{ 1: ['scope', scope], 2: entries }]] }]] };
}

const wireTypes: Readonly<Record<Scalar, WireType>> = {
  string: WireType.LengthDelimited,
  hex: WireType.LengthDelimited,
  bool: WireType.Varint,
  number: WireType.Varint,
  digits: WireType.Varint,
  time: WireType.Bit64,
  count: WireType.Bit64,
  double: WireType.Bit64,
};

/** Decodes an export request to the form that it has as OTLP/JSON. Throws `OtlpDecodeError`. */
export function decodeProtobuf(bytes: Uint8Array, signal: OtlpSignal): JsonObject {
  try {
    return readMessage(new BinaryReader(bytes), bytes.length, requests[signal], { messages: 0 });
  } catch (error) {
    throw error instanceof OtlpDecodeError
      ? error
      : new OtlpDecodeError(`The body is no protobuf request of OTLP ${signal}.`);
  }
}

/** Messages in a request beyond which reading it would keep all others waiting; 16 MiB of attributes have fewer. */
const maxMessages = 2_000_000;

/** A message of `length` bytes. A field that comes twice counts as it did last; lists add up. `count` is of the whole request. */
function readMessage(reader: BinaryReader, length: number, message: Message, count: { messages: number }): JsonObject {
  count.messages += 1;
  if (count.messages > maxMessages) {
    throw new OtlpDecodeError(`The request has more than ${maxMessages} messages. Send it in parts.`);
  }
  const object: Record<string, unknown> = {};
  const end = reader.pos + length;
  while (reader.pos < end) {
    const [fieldNo, wireType] = reader.tag();
    const field = message[fieldNo];
    if (!field) {
      reader.skip(wireType, fieldNo);
      continue;
    }
    const [name, type] = field;
    if (wireType !== (typeof type === 'string' ? wireTypes[type] : WireType.LengthDelimited)) {
      throw new Error('This is another field.');
    }
    if (Array.isArray(type)) {
      const list = (object[name] ?? []) as unknown[];
      object[name] = list;
      list.push(readMessage(reader, reader.uint32(), type[0], count));
    } else {
      object[name] =
        typeof type === 'string'
          ? readScalar(reader, type)
          : readMessage(reader, reader.uint32(), type as Message, count);
    }
  }
  if (reader.pos !== end) {
    throw new Error('A field is longer than its message.');
  }
  return object;
}

function readScalar(reader: BinaryReader, type: Scalar): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'number':
      return reader.int32();
    case 'double':
      return reader.double();
    case 'digits':
      return String(reader.int64());
    case 'time':
      return String(reader.fixed64());
    case 'count':
      return String(reader.sfixed64());
    case 'hex':
      return Array.from(reader.bytes(), byte => byte.toString(16).padStart(2, '0')).join('');
  }
}

/**
 * Which kind of request these bytes are, for a path that does not say. All three are lists of a resource's lists of a scope's
 * entries, field 1 and then twice field 2; an entry tells itself by its times: a log record has them in fields 1 and 11, a span
 * in 7 and 8, a metric has none. Null when there is no entry. Throws `OtlpDecodeError`.
 */
export function detectSignal(bytes: Uint8Array): OtlpSignal | null {
  try {
    for (const entry of listEntries(bytes)) {
      const times = readFields(entry).filter(({ wireType }) => wireType === WireType.Bit64);
      const isLog = times.some(({ fieldNo }) => fieldNo === 1 || fieldNo === 11);
      return isLog ? 'logs' : times.length > 0 ? 'traces' : 'metrics';
    }
    return null;
  } catch {
    throw new OtlpDecodeError('The body is no protobuf request of OTLP.');
  }
}

function* listEntries(bytes: Uint8Array): Generator<Uint8Array> {
  for (const resourceEntries of partsOf(bytes, 1)) {
    for (const scopeEntries of partsOf(resourceEntries, 2)) {
      yield* partsOf(scopeEntries, 2);
    }
  }
}

function partsOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  return readFields(bytes).flatMap(({ fieldNo, part }) => (fieldNo === wanted && part ? [part] : []));
}

interface Field {
  readonly fieldNo: number;
  readonly wireType: WireType;
  readonly part: Uint8Array | null;
}

function readFields(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [fieldNo, wireType] = reader.tag();
    const part = wireType === WireType.LengthDelimited ? reader.bytes() : null;
    if (part === null) {
      reader.skip(wireType, fieldNo);
    }
    fields.push({ fieldNo, wireType, part });
  }
  return fields;
}
