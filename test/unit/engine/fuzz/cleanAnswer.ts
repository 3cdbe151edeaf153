import type { IncomingHttpHeaders } from 'node:http';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { FuzzRequest } from './requests.ts';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const otlpRoutes = ['POST /v1/logs', 'POST /v1/traces', 'POST /v1/metrics', 'POST /'];
/** What a clean answer may say: never 500, which is a failure of ours. 502 to 504 are the gateway's own. */
const statuses = [
  200, 201, 202, 204, 400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 426, 429, 431, 502, 503, 504, 507,
];

/** Why an answer is not clean; null when it is. */
export function findFlaw({ route, method }: FuzzRequest, { status, headers, body }: FuzzAnswer): string | null {
  if (!statuses.includes(status)) {
    return `status ${status}`;
  }
  const type = headers['content-type'] ?? '';
  if (status < 400 || method === 'HEAD') {
    return null;
  }
  if (otlpRoutes.includes(route) && type.startsWith('application/x-protobuf')) {
    return isProtobufStatus(body) ? null : 'no protobuf Status';
  }
  let answer: Record<string, unknown>;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    return `an error that is not JSON: ${body.toString('latin1', 0, 200)}`;
  }
  if (type === 'application/problem+json') {
    const { status: told, title, detail } = answer;
    return told === status && typeof title === 'string' && typeof detail === 'string' ? null : 'a broken problem';
  }
  if (otlpRoutes.includes(route) && typeof answer.code === 'number' && typeof answer.message === 'string') {
    return null;
  }
  return route.includes('/gateway/') && 'error' in answer
    ? null
    : `an error of unknown form: ${body.toString('utf8', 0, 200)}`;
}

/** `google.rpc.Status`: a code and a message. */
function isProtobufStatus(body: Buffer): boolean {
  try {
    const reader = new BinaryReader(body);
    const [code] = reader.tag();
    const value = reader.int32();
    const [message] = reader.tag();
    return code === 1 && value > 0 && message === 2 && reader.string() !== '';
  } catch {
    return false;
  }
}
