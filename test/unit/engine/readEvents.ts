import { onTestFinished } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import type { ApiEvents } from '../../../src/api/contract.ts';
import type { ApiEvent } from '../../../src/api/events.ts';

/** An open event stream and what came over it so far. */
export interface EventReader {
  readonly events: readonly (ApiEvent & { readonly at: number })[];
  /** The data of the events of one name. */
  all<Name extends keyof ApiEvents>(name: Name): ApiEvents[Name][];
  /** Resolves when this many events of the name have come in all; throws after so many ms. */
  wait<Name extends keyof ApiEvents>(name: Name, count?: number, timeoutMs?: number): Promise<ApiEvents[Name][]>;
  /** Resolves when the newest data of the name fits; throws after 3 s. */
  waitUntil<Name extends keyof ApiEvents>(name: Name, fits: (data: ApiEvents[Name]) => boolean): Promise<void>;
  readonly isOpen: boolean;
  close(): void;
}

/** Reads a stream with the client that windows use. */
export function readEvents(url: string, token: string, window: string | null = null): EventReader {
  const abort = new AbortController();
  const events: (ApiEvent & { readonly at: number })[] = [];
  let isOpen = true;
  const all = <Name extends keyof ApiEvents>(name: Name) =>
    events.filter(event => event.name === name).map(event => event.data as ApiEvents[Name]);
  (async () => {
    for await (const event of createClient({ url, token }).events(window, abort.signal)) {
      events.push({ ...event, at: performance.now() });
    }
  })()
    .catch(() => {})
    .finally(() => {
      isOpen = false;
    });
  onTestFinished(() => abort.abort());
  return {
    events,
    all,
    wait: async (name, count = 1, timeoutMs = 3000) => {
      for (const until = Date.now() + timeoutMs; all(name).length < count; ) {
        if (Date.now() > until) {
          throw new Error(`Only ${all(name).length} of ${count} "${name}" came.`);
        }
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      return all(name);
    },
    waitUntil: async (name, fits) => {
      for (const until = Date.now() + 3000; ; ) {
        const newest = all(name).at(-1);
        if (newest !== undefined && fits(newest)) {
          return;
        }
        if (Date.now() > until) {
          throw new Error(`The newest "${name}" is ${JSON.stringify(newest)}.`);
        }
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    },
    get isOpen() {
      return isOpen;
    },
    close: () => abort.abort(),
  };
}
