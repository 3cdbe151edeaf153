/** A collector that keeps what it gets, decoded with OpenTelemetry's own generated protos; it can be told to refuse. */

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

// An older release of OpenTelemetry's own package has the messages as protobufjs made them from the official .proto files.
const require = createRequire(import.meta.url);
const { opentelemetry } = require('otlp-protos/build/src/generated/root.js');
const { logs, metrics } = opentelemetry.proto.collector;

export interface SinkLog {
  readonly event: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface SinkPoint {
  readonly name: string;
  readonly unit: string;
  readonly isMonotonic: boolean;
  /** 2 is cumulative. */
  readonly temporality: number;
  readonly startMs: number;
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Sink {
  readonly url: string;
  readonly logs: SinkLog[];
  /** The points of each export. */
  readonly exports: SinkPoint[][];
  readonly headers: IncomingMessage['headers'][];
  /** What it answers with. */
  status: number;
}

export async function startSink(): Promise<Sink> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    sink.headers.push(request.headers);
    if (sink.status !== 200) {
      response.writeHead(sink.status).end();
      return;
    }
    const body = Buffer.concat(chunks);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    if (request.url === '/v1/logs') {
      sink.logs.push(...readLogs(logs.v1.ExportLogsServiceRequest.decode(bytes)));
    } else if (request.url === '/v1/metrics') {
      sink.exports.push(readPoints(metrics.v1.ExportMetricsServiceRequest.decode(bytes)));
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  const sink: Sink = { url: `http://127.0.0.1:${port}`, logs: [], exports: [], headers: [], status: 200 };
  return sink;
}

// biome-ignore lint/suspicious/noExplicitAny: messages of generated code
type Message = any;

function readLogs(request: Message): SinkLog[] {
  const records = request.resourceLogs.flatMap((resource: Message) =>
    resource.scopeLogs.flatMap((scope: Message) => scope.logRecords),
  );
  return records.map((record: Message) => ({ event: record.eventName, attributes: readAttributes(record.attributes) }));
}

function readPoints(request: Message): SinkPoint[] {
  const list = request.resourceMetrics.flatMap((resource: Message) =>
    resource.scopeMetrics.flatMap((scope: Message) => scope.metrics),
  );
  return list.flatMap(({ name, unit, sum }: Message) =>
    (sum?.dataPoints ?? []).map((point: Message) => ({
      name,
      unit,
      isMonotonic: sum.isMonotonic,
      temporality: sum.aggregationTemporality,
      startMs: Number(point.startTimeUnixNano) / 1e6,
      value: point.asDouble ?? Number(point.asInt),
      attributes: readAttributes(point.attributes),
    })),
  );
}

function readAttributes(list: Message): Record<string, unknown> {
  const values = list.map(({ key, value }: Message) => {
    const { stringValue, intValue, doubleValue } = value;
    return [key, stringValue ?? doubleValue ?? Number(intValue)];
  });
  return Object.fromEntries(values);
}
