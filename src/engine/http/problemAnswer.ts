import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../lifecycle/log.ts';
import { answerOtlpProblem, isOtlpRequest } from '../otlp/otlpAnswer.ts';
import { maxBodyBytes } from './body.ts';
import { sendJson } from './call.ts';
import { formatProblem, HttpProblem } from './problem.ts';

/** Answers with what a handler threw. Anything but an `HttpProblem` is our own failure: 500, and a line in the log. */
export function answerProblem(request: IncomingMessage, response: ServerResponse, error: unknown, log: Log): void {
  if (response.destroyed) {
    return;
  }
  const problem = error instanceof HttpProblem ? error : new HttpProblem(500, 'The engine failed; its log says why.');
  if (problem !== error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    log('error', `${request.method} failed: ${what}`);
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (isOtlpRequest(request)) {
    answerOtlpProblem(request, response, problem);
    return;
  }
  sendJson(response, problem.status, formatProblem(problem), {
    'content-type': 'application/problem+json',
    ...problem.headers,
  });
}

/** Takes what is left of a body that nobody wanted, so that its sender gets to read the answer; but not without end. */
export function discardRest(request: IncomingMessage): void {
  let size = 0;
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > 4 * maxBodyBytes) {
      request.socket.destroy();
    }
  });
}

const refusals: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are too long: 32 KiB are allowed.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request came too slowly: its headers may take 10 s, all of it 60 s.'],
};

/** Answers what is not HTTP, or too slow or too large for it. Gives the status. */
export function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex): number {
  const [status, detail] = refusals[error.code ?? ''] ?? [400, 'This is no HTTP/1.1 request, or its length is wrong.'];
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return status;
  }
  const text = JSON.stringify(formatProblem(new HttpProblem(status, detail)));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
  return status;
}
