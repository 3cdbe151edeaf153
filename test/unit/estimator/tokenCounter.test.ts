import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Tiktoken } from 'js-tiktoken/lite';
import { describe, expect, test } from 'vitest';
import { ranks as cl100k } from '../../../src/estimator/ranks/cl100kBase.ts';
import { ranks as o200k } from '../../../src/estimator/ranks/o200kBase.ts';
import { textSegments } from '../../../src/estimator/textSegments.ts';
import { createTokenCounter } from '../../../src/estimator/tokenCounter.ts';
import { tricky } from './trickyText.ts';

const corpus: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../fixtures/prompts/corpus.json', import.meta.url), 'utf8'),
);

/** js-tiktoken takes minutes for a long run of one kind, so the runs of this test's strings are short. */
describe.each([
  ['o200k_base', o200k],
  ['cl100k_base', cl100k],
] as const)('token counts of %s', (name, data) => {
  const counter = createTokenCounter(data);
  const oracle = new Tiktoken(data);
  const expected = (text: string): number => oracle.encode(text, [], []).length;

  test.each(Object.entries(corpus))("equal js-tiktoken's on %s", (_, text) => {
    expect(counter.count(text)).toBe(expected(text));
    expect(counter.count(text.repeat(3))).toBe(expected(text.repeat(3)));
  });

  test('equal on pieces on both sides of the change from scan to heap, and across segments', () => {
    for (const length of [1, 2, 3, 95, 96, 97, 98, 200, 700]) {
      for (const unit of ['a', ' ', '=', 'xyz', '中', '\n']) {
        const text = unit.repeat(length);
        expect(counter.count(text)).toBe(expected(text));
      }
    }
    const long = Object.values(corpus).join('\n').repeat(60);
    expect(long.length).toBeGreaterThan(65_536);
    expect(counter.count(long)).toBe(expected(long));
  });

  test('equal on 10,000 random strings', () => {
    const text = fc.oneof(tricky, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 200 }));
    fc.assert(
      fc.property(text, value => {
        expect(counter.count(value)).toBe(expected(value));
      }),
      { numRuns: 10_000 },
    );
  });

  test('segments have the tokens of the whole', () => {
    fc.assert(
      fc.property(tricky, text => {
        const segments = [...textSegments(text, 4)];
        expect(segments.join('')).toBe(text);
        expect(segments.reduce((sum, segment) => sum + expected(segment), 0)).toBe(expected(text));
      }),
      { numRuns: 1000 },
    );
  });

  test.each(['a', 'A', ' ', '=', '\n', '中', '😀', '\u0301'])('200 kB of %j take well under a second', unit => {
    const text = unit.repeat(200_000 / unit.length);
    const began = performance.now();
    const tokens = counter.count(text);
    const ms = performance.now() - began;
    console.log(`${name}: 200,000 × ${JSON.stringify(unit)}: ${tokens} tokens in ${ms.toFixed(0)} ms`);
    expect(tokens).toBeGreaterThan(0);
    expect(ms).toBeLessThan(2000);
  });

  test('a count can be stopped', () => {
    let asked = 0;
    const stopAtThird = (): boolean => {
      asked += 1;
      return asked === 3;
    };
    expect(counter.count('word '.repeat(100_000), stopAtThird)).toBeNull();
    expect(asked).toBe(3);
  });

  test('nothing is nothing', () => {
    expect(counter.count('')).toBe(0);
  });
});

test('a run too long for the splitting pattern is still counted', () => {
  expect(createTokenCounter(cl100k).count('中'.repeat(5_000_000))).toBeGreaterThan(1_000_000);
});
