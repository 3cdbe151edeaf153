import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createIncrementalCount, segmentLength } from '../../../src/estimator/incrementalCount.ts';
import { ranks as cl100k } from '../../../src/estimator/ranks/cl100kBase.ts';
import { ranks as o200k } from '../../../src/estimator/ranks/o200kBase.ts';
import { findSegmentEnd } from '../../../src/estimator/textSegments.ts';
import { createTokenCounter } from '../../../src/estimator/tokenCounter.ts';
import { tricky, trickyPiece } from './trickyText.ts';

const corpus: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../fixtures/prompts/corpus.json', import.meta.url), 'utf8'),
);
const mixed = Object.values(corpus).join('\n');

/** A place (as a share of the text), how much goes there, and what comes instead. */
const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat({ max: 9000 }),
  fc.array(trickyPiece, { maxLength: 4 }),
);

function apply(text: string, [place, removed, added]: readonly [number, number, readonly string[]]): string {
  const at = Math.floor(place * text.length);
  return text.slice(0, at) + added.join('') + text.slice(at + removed);
}

describe.each([
  ['o200k_base', o200k],
  ['cl100k_base', cl100k],
] as const)('counting what changed, with %s', (_, data) => {
  const counter = createTokenCounter(data);

  test('gives the count of the whole after any edits', () => {
    fc.assert(
      fc.property(tricky, fc.nat({ max: 3 }), fc.array(edit, { minLength: 1, maxLength: 8 }), (start, times, edits) => {
        const incremental = counter.createIncrementalCount();
        let text = `${start}${mixed.repeat(times)}${start}`;
        expect(incremental.count(text)).toBe(counter.count(text));
        for (const change of edits) {
          text = apply(text, change);
          expect(incremental.count(text)).toBe(counter.count(text));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives it for edits around each end of a segment', () => {
    const text = mixed.repeat(3);
    const incremental = counter.createIncrementalCount();
    for (let start = 0; start < text.length; ) {
      const { end } = findSegmentEnd(text, start, segmentLength);
      for (const shift of [-2, -1, 0, 1, 2]) {
        for (const added of ["'", 's', '\u0301', '\udc00', '\ud835', ' ', '7', '']) {
          incremental.count(text);
          const at = Math.max(0, end + shift);
          const changed = text.slice(0, at) + added + text.slice(at + (added === '' ? 1 : 0));
          expect(incremental.count(changed)).toBe(counter.count(changed));
        }
      }
      start = end;
    }
  });

  test('also where a run is so long that it is cut', () => {
    const incremental = counter.createIncrementalCount();
    const run = `${mixed} begin ${'y'.repeat(600_000)} end. ${mixed}`;
    for (const text of [run, `x ${run}`, run.slice(5000)]) {
      expect(incremental.count(text)).toBe(counter.count(text));
    }
  });
});

describe('a key in a prompt of 1 MB', () => {
  const counter = createTokenCounter(o200k);
  const prompt = mixed.repeat(Math.ceil(1_000_000 / mixed.length));

  test('re-counts one or two segments, in less than 10 ms', () => {
    const incremental = counter.createIncrementalCount();
    incremental.count(prompt);
    let text = prompt;
    const times: number[] = [];
    for (let key = 0; key < 200; key += 1) {
      const at = Math.floor((text.length * ((key * 37) % 200)) / 200);
      text = `${text.slice(0, at)}${'the quick'.charAt(key % 9)}${text.slice(at)}`;
      const began = performance.now();
      incremental.count(text);
      times.push(performance.now() - began);
      expect(incremental.counted).toBeLessThanOrEqual(2);
    }
    times.sort((a, b) => a - b);
    const [median, slowest] = [times[100] as number, times.at(-1) as number];
    console.log(
      `a key in 1 MB: ${median.toFixed(2)} ms in the middle, ${slowest.toFixed(2)} ms at worst (limit 10 ms)`,
    );
    expect(median).toBeLessThan(50);
    expect(incremental.count(text)).toBe(counter.count(text));
  });

  test('the same text is not counted again; a stopped count leaves what was known', () => {
    const incremental = counter.createIncrementalCount();
    const tokens = incremental.count(prompt);
    expect(incremental.count(prompt)).toBe(tokens);
    expect(incremental.counted).toBe(0);
    expect(incremental.count(mixed, () => true)).toBeNull();
    expect(incremental.count(prompt)).toBe(tokens);
    expect(incremental.counted).toBe(0);
  });
});

test('texts without anything', () => {
  const incremental = createIncrementalCount(segment => segment.length);
  expect(incremental.count('')).toBe(0);
  expect(incremental.count('abc')).toBe(3);
  expect(incremental.count('')).toBe(0);
});
