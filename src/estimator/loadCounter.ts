import type { Encoding } from './encodings.ts';
import { createTokenCounter, type TokenCounter } from './tokenCounter.ts';

/** The imports stay imports in the bundle: `dist/ranks/*.js` are files of their own, loaded when first needed. */
const loaders: Readonly<Record<Encoding, () => Promise<TokenCounter>>> = {
  o200k_base: async () => createTokenCounter((await import('./ranks/o200kBase.ts')).ranks),
  cl100k_base: async () => createTokenCounter((await import('./ranks/cl100kBase.ts')).ranks),
};

const counters = new Map<Encoding, Promise<TokenCounter>>();

/** The counter of an encoding, loaded on first use (0.1 s) and kept: about 40 MB for o200k_base. */
export function loadCounter(encoding: Encoding): Promise<TokenCounter> {
  let counter = counters.get(encoding);
  if (!counter) {
    counter = loaders[encoding]();
    counters.set(encoding, counter);
    // A failed load is tried again by the next call.
    counter.catch(() => counters.delete(encoding));
  }
  return counter;
}
