import { readFileSync } from 'node:fs';
import {
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { OtlpSignal } from '../../../../src/capture/otlp/protobuf.ts';

const descriptors = readFileSync(new URL('../../../fixtures/otlp-proto/otlp.binpb', import.meta.url));
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
const requests = {
  logs: 'logs.v1.ExportLogsServiceRequest',
  traces: 'trace.v1.ExportTraceServiceRequest',
  metrics: 'metrics.v1.ExportMetricsServiceRequest',
};

/** An OTLP/JSON request as protobuf, by the official schema. */
export function encodeProtobuf(request: unknown, signal: OtlpSignal): Uint8Array {
  const schema = registry.getMessage(`opentelemetry.proto.collector.${requests[signal]}`) as DescMessage;
  return toBinary(schema, fromJson(schema, toProto3Json(request) as JsonValue));
}

/** In the JSON of protobuf itself, bytes are base64 instead of hex. */
function toProto3Json(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.map(entry => toProto3Json(entry));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toProto3Json(field, name)]));
  }
  return ['traceId', 'spanId', 'parentSpanId'].includes(key)
    ? Buffer.from(String(value), 'hex').toString('base64')
    : value;
}
