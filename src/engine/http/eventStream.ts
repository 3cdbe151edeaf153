import type { ServerResponse } from 'node:http';
import type { ApiEvents } from '../../api/contract.ts';

/** One client of `GET /v1/events`. */
export interface EventStream {
  /** Writes an event, whatever the client's pace; one that is far behind is cut off instead. */
  send<Name extends keyof ApiEvents>(name: Name, data: ApiEvents[Name]): void;
  /** True while the client has not taken what was sent: what can wait or be left out should. */
  readonly isBehind: boolean;
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

const keepAliveMs = 15_000;
/** A client that takes nothing for so long is gone or stuck. */
const maxBehindMs = 45_000;
/** What is kept for a slow client at most, bytes. */
const maxBehindBytes = 1_000_000;

export const eventStreamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** Begins the answer of a stream of server-sent events. */
export function openEventStream(response: ServerResponse): EventStream {
  let behindSince: number | null = null;
  response.writeHead(200, eventStreamHeaders);
  response.socket?.setNoDelay(true);
  response.on('drain', () => {
    behindSince = null;
  });
  response.on('error', () => response.destroy());

  const write = (text: string) => {
    if (response.destroyed || response.writableEnded) {
      return;
    }
    const isTaken = response.write(text);
    behindSince = isTaken ? null : (behindSince ?? performance.now());
    if (response.writableLength > maxBehindBytes) {
      response.destroy();
    }
  };
  const keepAlive = setInterval(() => {
    if (behindSince !== null && performance.now() - behindSince > maxBehindMs) {
      response.destroy();
    } else if (behindSince === null) {
      write(': still here\n\n');
    }
  }, keepAliveMs);
  keepAlive.unref();
  response.on('close', () => clearInterval(keepAlive));
  write('retry: 1000\n\n');

  return {
    send: (name, data) => write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    get isBehind() {
      return behindSince !== null;
    },
    onDrain: listener => {
      response.on('drain', listener);
    },
    onClose: listener => {
      response.on('close', listener);
    },
    close: () => {
      response.end();
    },
  };
}
