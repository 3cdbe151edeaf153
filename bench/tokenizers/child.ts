/** One tokenizer with one text, in a process of its own: `node child.ts TOKENIZER PACKAGE FILE` prints a line of JSON. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export interface Measured {
  readonly tokens: number;
  /** From nothing to the count of one word, ms. */
  readonly firstMs: number;
  /** The text for the first time, and the fastest of two more times, ms. */
  readonly onceMs: number;
  readonly againMs: number;
  /** Resident memory that it took, MB. */
  readonly memoryMb: number;
}

const require = createRequire(import.meta.url);

const loaders: Record<string, (folder: string) => Promise<(text: string) => number>> = {
  'Spend Lens': async () => {
    const { loadCounter } = await import('../../src/estimator/loadCounter.ts');
    const counter = await loadCounter('o200k_base');
    return text => counter.count(text) ?? 0;
  },
  'js-tiktoken': async () => {
    const { Tiktoken } = await import('js-tiktoken/lite');
    const { default: ranks } = await import('js-tiktoken/ranks/o200k_base');
    const encoding = new Tiktoken(ranks);
    return text => encoding.encode(text, [], []).length;
  },
  'gpt-tokenizer': async folder => {
    const { countTokens } = require(join(folder, 'cjs/encoding/o200k_base.js'));
    const options = { allowedSpecial: new Set(), disallowedSpecial: new Set() };
    return text => countTokens(text, options);
  },
  tiktoken: async folder => {
    const { get_encoding } = require(join(folder, 'tiktoken.cjs'));
    const encoding = get_encoding('o200k_base');
    return text => encoding.encode(text, [], []).length;
  },
};

const [name = '', folder = '', file = ''] = process.argv.slice(2);
const load = loaders[name];
if (load) {
  const text = readFileSync(file, 'utf8');
  const before = process.memoryUsage().rss;
  const [count, firstMs] = await time(async () => {
    const loaded = await load(folder);
    loaded('word');
    return loaded;
  });
  const [tokens, onceMs] = await time(async () => count(text));
  const again = [await time(async () => count(text)), await time(async () => count(text))].map(([, ms]) => ms);
  const memoryMb = (process.memoryUsage().rss - before) / 1024 ** 2;
  const measured: Measured = { tokens, firstMs, onceMs, againMs: Math.min(...again), memoryMb };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

async function time<T>(run: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await run(), performance.now() - began];
}
