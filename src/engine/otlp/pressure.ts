import type { IncomingMessage } from 'node:http';
import { HttpProblem } from '../http/problem.ts';

/** How many bytes of telemetry may be at work at once; exporters try again. */
const maxBytes = 64 * 1024 * 1024;
/** What a body counts that does not say how long it is. */
const unknownBytes = 1024 * 1024;

/** Keeps telemetry from filling the memory that the rest of the engine needs. */
export interface Pressure {
  /**
   * Lets a request in, or throws 429 with `Retry-After` while too much is at work; one is always let in. What it gives is told the
   * length of the decoded body, and when the request is done with.
   */
  enter(request: IncomingMessage): { decoded(bytes: number): void; leave(): void };
}

export function createPressure(limit = maxBytes): Pressure {
  let atWork = 0;
  return {
    enter: request => {
      let own = Number(request.headers['content-length'] ?? unknownBytes);
      if (atWork > 0 && atWork + own > limit) {
        throw new HttpProblem(429, 'Too much telemetry at once, try again.', { headers: { 'retry-after': '1' } });
      }
      atWork += own;
      return {
        decoded: bytes => {
          atWork += bytes;
          own += bytes;
        },
        leave: () => {
          atWork -= own;
          own = 0;
        },
      };
    },
  };
}
