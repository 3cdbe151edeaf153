import type { IncomingMessage, ServerResponse } from 'node:http';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Capture } from '../../capture/otlp/capture.ts';
import type { OtlpSignal } from '../../capture/otlp/protobuf.ts';
import { readCredentials } from '../http/access.ts';
import { sendJson } from '../http/call.ts';
import type { HttpProblem } from '../http/problem.ts';

export type OtlpEncoding = 'json' | 'protobuf';

const paths = new Set(['/v1/logs', '/v1/traces', '/v1/metrics', '/']);

/** gRPC's codes for our statuses (google/rpc/code.proto). */
const codes: Readonly<Record<number, number>> = { 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 429: 8, 500: 13, 503: 14 };
const invalidArgument = 3;

/** The word OTLP/JSON has for the pieces of each kind of request. */
const rejectedNames: Readonly<Record<OtlpSignal, string>> = {
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
};

/** Whether a request is for the OTLP receiver, whose errors have OTLP's form. */
export function isOtlpRequest(request: IncomingMessage): boolean {
  const path = readCredentials(request).target.split('?')[0] ?? '';
  return request.method === 'POST' && paths.has(path);
}

/** The encoding that the content type names; null when it names another or none. */
export function readEncoding({ headers }: IncomingMessage): OtlpEncoding | null {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') {
    return 'json';
  }
  return type === 'application/x-protobuf' || type === 'application/protobuf' ? 'protobuf' : null;
}

/**
 * Answers 200 in the request's encoding: an empty message, or how many pieces were rejected and why (OTLP, "Partial success"; in
 * protobuf the message is the same for all three kinds).
 */
export function answerOtlp(
  response: ServerResponse,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  { rejected, error }: Pick<Capture, 'rejected' | 'error'>,
): void {
  const message = error ?? '';
  if (encoding === 'json') {
    const partialSuccess = { [rejectedNames[signal]]: String(rejected), errorMessage: message };
    sendJson(response, 200, rejected === 0 ? {} : { partialSuccess });
    return;
  }
  const partial = new BinaryWriter().tag(1, WireType.Varint).int64(rejected);
  partial.tag(2, WireType.LengthDelimited).string(message);
  const answer = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(partial.finish());
  sendProtobuf(response, 200, rejected === 0 ? new Uint8Array() : answer.finish(), {});
}

/** Answers with a problem as a `google.rpc.Status`, in the encoding that the request has or, if that is none of ours, in JSON. */
export function answerOtlpProblem(request: IncomingMessage, response: ServerResponse, problem: HttpProblem): void {
  const code = codes[problem.status] ?? invalidArgument;
  if (readEncoding(request) === 'protobuf') {
    const status = new BinaryWriter().tag(1, WireType.Varint).int32(code);
    status.tag(2, WireType.LengthDelimited).string(problem.message);
    sendProtobuf(response, problem.status, status.finish(), problem.headers);
  } else {
    sendJson(response, problem.status, { code, message: problem.message }, problem.headers);
  }
}

function sendProtobuf(response: ServerResponse, status: number, body: Uint8Array, headers: object): void {
  response.writeHead(status, {
    'content-type': 'application/x-protobuf',
    'cache-control': 'no-store',
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}
