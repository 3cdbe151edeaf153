import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './problem.ts';

const mib = 1024 * 1024;

/** Bodies of all requests at work, as sent and decoded, may take so much together. Bytes. */
const maxHeld = 192 * mib;
/** A body up to this size is always taken: who sends little is not turned away because others send a lot. Bytes. */
const smallBytes = 64 * 1024;

/** Keeps the bodies that are at work at once from filling the memory. */
export interface BodyRoom {
  /** Takes room for bytes of a request's body until the request is done with; throws 429 with `Retry-After` when there is none. */
  take(request: IncomingMessage, bytes: number): void;
}

export function createBodyRoom(max = maxHeld): BodyRoom {
  let held = 0;
  const owned = new Map<IncomingMessage, number>();
  return {
    take: (request, bytes) => {
      const before = owned.get(request);
      if (before === undefined) {
        request.once('close', () => {
          held -= owned.get(request) ?? 0;
          owned.delete(request);
        });
      }
      const own = (before ?? 0) + bytes;
      // One alone is always let in.
      if (own > smallBytes && held + bytes > max && held > (before ?? 0)) {
        throw new HttpProblem(429, 'Too much is being sent at once, try again.', { headers: { 'retry-after': '1' } });
      }
      held += bytes;
      owned.set(request, own);
    },
  };
}

/** Values in a text of JSON or NDJSON beyond which reading it would keep all others waiting, and fill the memory. */
const maxValues = 2_000_000;
/** 1 for each byte that stands before a value, so that counting costs a look-up per byte. */
const isMark = Uint8Array.from({ length: 256 }, (_, byte) => ('{[,\n'.includes(String.fromCharCode(byte)) ? 1 : 0));

/** Throws 413 for a text with more values (braces, brackets, commas, lines) than any program has to send. */
export function requireFewValues(bytes: Uint8Array, max = maxValues): void {
  if (bytes.length <= max) {
    return;
  }
  let count = 0;
  for (let index = 0; index < bytes.length; index++) {
    count += isMark[bytes[index] ?? 0] ?? 0;
  }
  if (count > max) {
    throw new HttpProblem(413, `The body has more than ${max} values. Send it in parts.`, { field: 'body' });
  }
}
