/**
 * `npm run bench estimate`: counts 1 MB each of prose, code, JSON and CJK, and 200 kB each of what hurts, with Spend Lens, js-tiktoken,
 * gpt-tokenizer and tiktoken (wasm), each text in a process of its own; then a key in 1 MB. Prints the tables of docs/performance.md. All
 * have to count the same. What takes longer than 20 s is ended and said.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCounter } from '../src/estimator/loadCounter.ts';
import { findTokenizer, peerVersions } from './peers/tokenizers.ts';
import type { Measured } from './tokenizers/child.ts';
import { type Corpus, makeCorpora } from './tokenizers/corpora.ts';

const limitMs = 20_000;
const rounds = 3;
const child = join(import.meta.dirname, 'tokenizers/child.ts');
const own = 'Spend Lens';

interface Tokenizer {
  readonly name: string;
  readonly title: string;
  readonly folder: string;
}

export async function run(): Promise<void> {
  const tokenizers = findTokenizers();
  const folder = mkdtempSync(join(tmpdir(), 'spend-lens-bench-estimate-'));
  try {
    const rows = makeCorpora().map(corpus => ({ corpus, measured: measureAll(tokenizers, corpus, folder) }));
    printTable(
      tokenizers,
      'MB/s, first time (again)',
      rows.filter(({ corpus }) => !corpus.isHostile),
      formatRate,
    );
    printTable(
      tokenizers,
      's for the text',
      rows.filter(({ corpus }) => corpus.isHostile),
      formatSeconds,
    );
    const prose = rows[0];
    if (prose) {
      printTable(tokenizers, '', [prose], ({ firstMs }) => `${firstMs.toFixed(0)} ms`, 'first count');
      printTable(tokenizers, '', [prose], ({ memoryMb }) => `${memoryMb.toFixed(0)} MB`, 'memory');
      await printEdits(prose.corpus.text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findTokenizers(): readonly Tokenizer[] {
  const peers = (['gpt-tokenizer', 'tiktoken'] as const).flatMap(name => {
    const folder = findTokenizer(name);
    print(folder === null ? `${name} is not here: the registry can't be reached.` : `${name} ${peerVersions[name]}`);
    return folder === null ? [] : [{ name, title: name === 'tiktoken' ? 'tiktoken (wasm)' : name, folder }];
  });
  return [{ name: own, title: own, folder: '' }, { name: 'js-tiktoken', title: 'js-tiktoken', folder: '' }, ...peers];
}

/** Each tokenizer in turn, a few rounds; the round with the median first time counts. Null: it took too long. */
function measureAll(tokenizers: readonly Tokenizer[], corpus: Corpus, folder: string): Map<string, Measured | null> {
  const file = join(folder, 'text');
  writeFileSync(file, corpus.text);
  const found = new Map<string, Measured[] | null>(tokenizers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, folder: peer } of tokenizers) {
      const known = found.get(name);
      const measured = known && measure(name, peer, file);
      found.set(name, measured && known ? [...known, measured] : null);
    }
  }
  const medians = new Map([...found].map(([name, all]) => [name, all && medianOf(all)]));
  const counts = new Set([...medians.values()].flatMap(measured => (measured ? [measured.tokens] : [])));
  if (counts.size !== 1) {
    throw new Error(`The counts of ${corpus.name} differ: ${[...counts].join(', ')}.`);
  }
  print(`${corpus.name}: ${[...counts][0]} tokens, the same from ${[...medians.values()].filter(Boolean).length}`);
  return medians;
}

function measure(name: string, folder: string, file: string): Measured | null {
  const { stdout, error } = spawnSync(process.execPath, [child, name, folder, file], {
    timeout: limitMs,
    encoding: 'utf8',
  });
  if (error || stdout.trim() === '') {
    return null;
  }
  return JSON.parse(stdout) as Measured;
}

function medianOf(all: readonly Measured[]): Measured | null {
  return all.toSorted((a, b) => a.onceMs - b.onceMs)[Math.floor(all.length / 2)] ?? null;
}

interface Row {
  readonly corpus: Corpus;
  readonly measured: ReadonlyMap<string, Measured | null>;
}

function printTable(
  tokenizers: readonly Tokenizer[],
  unit: string,
  rows: readonly Row[],
  format: (measured: Measured, corpus: Corpus) => string,
  label?: string,
): void {
  print('');
  print(`| ${unit} | ${tokenizers.map(({ title }) => title).join(' | ')} |`);
  print(`| --- |${' --- |'.repeat(tokenizers.length)}`);
  for (const { corpus, measured } of rows) {
    const cells = tokenizers.map(({ name }) => {
      const figures = measured.get(name);
      return figures ? format(figures, corpus) : `more than ${limitMs / 1000} s`;
    });
    print(`| ${label ?? corpus.name} | ${cells.join(' | ')} |`);
  }
}

function formatRate({ onceMs, againMs }: Measured, { text }: Corpus): string {
  const rate = (ms: number) => (Buffer.byteLength(text) / 1000 / ms).toFixed(1);
  return `${rate(onceMs)} (${rate(againMs)})`;
}

function formatSeconds({ onceMs }: Measured): string {
  return (onceMs / 1000).toFixed(onceMs < 100 ? 3 : 2);
}

/** A key in the middle of a prompt of 1 MB, and the same counted as a whole. */
async function printEdits(prose: string): Promise<void> {
  const counter = await loadCounter('o200k_base');
  const incremental = counter.createIncrementalCount();
  let text = prose;
  incremental.count(text);
  const times: number[] = [];
  for (let key = 0; key < 300; key += 1) {
    const at = Math.floor((text.length * ((key * 37) % 300)) / 300);
    text = `${text.slice(0, at)}x${text.slice(at)}`;
    const began = performance.now();
    incremental.count(text);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const began = performance.now();
  const whole = counter.count(text);
  const wholeMs = performance.now() - began;
  if (whole !== incremental.count(text)) {
    throw new Error('The count after the edits is not that of the whole.');
  }
  print('');
  print(
    `a key in 1 MB: ${times[150]?.toFixed(2)} ms (median), ${times[297]?.toFixed(2)} ms (99 of 100); as a whole ${wholeMs.toFixed(0)} ms`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
