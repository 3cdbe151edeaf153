import type { IncomingMessage } from 'node:http';
import type { UsageContext } from '../../capture/context.ts';

/** The context that a request names in headers (docs/http-api.md), unchecked. */
export function readContextHeaders({ headers }: Pick<IncomingMessage, 'headers'>): UsageContext {
  const read = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? decodeHeader(value) : undefined;
  };
  return {
    sessionId: read('x-spend-lens-session'),
    taskType: read('x-spend-lens-task-type'),
    userId: read('x-spend-lens-user'),
    agent: read('x-spend-lens-agent'),
    provider: read('x-spend-lens-provider'),
    model: read('x-spend-lens-model'),
    idempotencyKey: read('idempotency-key'),
  };
}

/** Node reads headers as latin1, but who sends more than ASCII (`curl -H 'x-spend-lens-user: Zoë'`) sends UTF-8. */
function decodeHeader(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
