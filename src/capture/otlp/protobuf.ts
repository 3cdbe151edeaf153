import { createFileRegistry, type DescMessage, fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, base64Decode, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { JsonObject } from '../json.ts';
import { descriptors } from './descriptors.ts';
import { OtlpDecodeError } from './parts.ts';

export type OtlpSignal = 'logs' | 'traces' | 'metrics';

const requests: Readonly<Record<OtlpSignal, string>> = {
  logs: 'opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest',
  traces: 'opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest',
  metrics: 'opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest',
};

/** Messages may be nested so deep; a list or map in an attribute is three messages per level. */
const maxDepth = 300;

/** Where prompts and responses are, and nothing that is read: left behind here. */
const dropped = new Set(['$typeName', '$unknown', 'body', 'events', 'links', 'exemplars', 'arrayValue', 'kvlistValue']);

const schemas = new Map<OtlpSignal, DescMessage>();

/** Decodes an export request to the form that it has as OTLP/JSON. Throws `OtlpDecodeError`. */
export function decodeProtobuf(bytes: Uint8Array, signal: OtlpSignal): JsonObject {
  try {
    const message = fromBinary(schemaOf(signal), bytes, { readUnknownFields: false, recursionLimit: maxDepth });
    return toOtlpJson(message) as JsonObject;
  } catch {
    throw new OtlpDecodeError(`The body is no protobuf request of OTLP ${signal}.`);
  }
}

function schemaOf(signal: OtlpSignal): DescMessage {
  if (schemas.size === 0) {
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptors)));
    for (const [name, typeName] of Object.entries(requests)) {
      schemas.set(name as OtlpSignal, registry.getMessage(typeName) as DescMessage);
    }
  }
  return schemas.get(signal) as DescMessage;
}

/** 64-bit integers as digits, bytes (ids) as hex, a oneof as its one field. protobuf-es' own `toJson` is not OTLP's. */
function toOtlpJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (value instanceof Uint8Array) {
    return Array.from(value, byte => byte.toString(16).padStart(2, '0')).join('');
  }
  if (Array.isArray(value)) {
    return value.map(toOtlpJson);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const object: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const [key, content] = isOneof(field) ? [field.case, field.value] : [name, field];
    if (key !== undefined && !dropped.has(key)) {
      object[key] = toOtlpJson(content);
    }
  }
  return object;
}

function isOneof(field: unknown): field is { case: string | undefined; value: unknown } {
  return typeof field === 'object' && field !== null && 'case' in field;
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
  for (const resource of partsOf(bytes, 1)) {
    for (const scope of partsOf(resource, 2)) {
      yield* partsOf(scope, 2);
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
