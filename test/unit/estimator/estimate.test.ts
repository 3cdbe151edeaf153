import { describe, expect, test } from 'vitest';
import { createPriceBook } from '../../../src/core/priceBook.ts';
import { compareModels, comparisonModels } from '../../../src/estimator/comparison.ts';
import { computeEstimate, computeTokens, exactTokens } from '../../../src/estimator/estimate.ts';
import { formatComparison, formatContextShare, formatEstimate } from '../../../src/estimator/formatEstimate.ts';
import type { PromptCounts } from '../../../src/estimator/protocol.ts';

const prices = createPriceBook({ 'my-model': { input: 0.0375, output: 0.1 }, 'tiny-*': { input: 0.0001, output: 0 } });
const now = Date.UTC(2026, 10, 22);

const counts = (o200k: number, overheadTokens = 0): PromptCounts => ({
  document: { format: 'plain', messages: 0, overheadTokens, model: null, expectedOutputTokens: null, notes: [] },
  contentTokens: { o200k_base: o200k },
  mix: { prose: 1, code: 0, json: 0, cjk: 0 },
  characters: o200k * 4,
});
const estimate = (model: string, tokens: number, outputTokens = 500) =>
  computeEstimate({ model, tokens: computeTokens(model, counts(tokens)), outputTokens, prices, now });

describe('estimates', () => {
  test('gpt-4.1 with 1,000 in and 500 out is $0.006, exactly', () => {
    expect(estimate('gpt-4.1', 1000)).toEqual({
      model: 'gpt-4.1',
      inputTokens: 1000,
      exact: true,
      lowTokens: 1000,
      highTokens: 1000,
      outputTokens: 500,
      inputUsd: 0.002,
      outputUsd: 0.004,
      totalUsd: 0.006,
      lowUsd: 0.006,
      highUsd: 0.006,
      contextShare: 0.001,
    });
  });

  test('fractions of a nano-USD are rounded once, half up', () => {
    expect(estimate('my-model', 0, 1).totalUsd).toBe(1e-7);
    // 11 × 0.0375 and 1 × 0.1 USD per 1M are 412.5 and 100 nano-USD.
    const tokens = exactTokens(11);
    const { inputUsd, outputUsd, totalUsd } = computeEstimate({
      model: 'my-model',
      tokens,
      outputTokens: 1,
      prices,
      now,
    });
    expect([inputUsd, outputUsd, totalUsd]).toEqual([4.13e-7, 1e-7, 5.13e-7]);
  });

  test('a family without a public tokenizer has a range around factor × tokens, its overhead left as it is', () => {
    const tokens = computeTokens('claude-sonnet-4-20250514', counts(1000, 11));
    expect(tokens).toEqual({ inputTokens: 1231, exact: false, lowTokens: 1048, highTokens: 1414 });
    const { lowUsd, totalUsd, highUsd } = estimate('claude-sonnet-4-20250514', 1000);
    expect(totalUsd).toBe(0.01116);
    expect(lowUsd).toBe(0.010611);
    expect(highUsd).toBe(0.011709);
  });

  test('an unknown model has tokens and no costs', () => {
    expect(estimate('no-such-model', 1000)).toMatchObject({
      exact: false,
      inputTokens: 1100,
      inputUsd: null,
      outputUsd: null,
      totalUsd: null,
      lowUsd: null,
      highUsd: null,
      contextShare: null,
    });
  });

  test('each bound of a range has the rate of its own tier', () => {
    const { lowTokens, highTokens, lowUsd, highUsd } = estimate('gemini-3.1-pro-preview', 178_000, 0);
    expect(lowTokens).toBeLessThan(200_000);
    expect(highTokens).toBeGreaterThan(200_000);
    expect(highUsd).toBeCloseTo((highTokens * 4) / 1e6, 6);
    expect(lowUsd).toBeCloseTo((lowTokens * 2) / 1e6, 6);
  });

  test('an encoding that was not counted is an error, not a guess', () => {
    expect(() => computeTokens('gpt-4', counts(1))).toThrow('not counted with cl100k_base');
  });
});

describe('comparison', () => {
  test.each(comparisonModels)('%s is priced', model => {
    const { totalUsd } = estimate(model, 1000);
    expect(totalUsd).toBeGreaterThan(0);
  });

  test('cheapest first, the chosen one in it once', () => {
    const costs = (chosen: string) => compareModels({ chosen, counts: counts(1000), outputTokens: 500, prices, now });
    const listed = costs('gpt-4.1');
    expect(listed.map(entry => entry.model).filter(model => model === 'gpt-4.1')).toHaveLength(1);
    const totals = listed.map(entry => entry.totalUsd ?? Number.NaN);
    expect(totals).toEqual([...totals].sort((a, b) => a - b));
    expect(costs('tiny-1')[0]?.model).toBe('tiny-1');
    expect(costs('no-such-model').at(-1)?.model).toBe('no-such-model');
  });
});

describe('words', () => {
  test('of an exact estimate', () => {
    expect(formatEstimate(estimate('gpt-4.1', 1234))).toBe(
      '1,234 tokens · $0.002468 in + $0.004 out (500 tokens expected) = $0.006468 with gpt-4.1',
    );
    expect(formatEstimate(estimate('gpt-4.1', 1, 0))).toMatch(/^1 token · /);
  });

  test('of a range', () => {
    expect(formatEstimate(estimate('claude-sonnet-4-20250514', 1000))).toBe(
      '≈ 1,220 tokens (1,037–1,403) · ≈ $0.00366 in + $0.0075 out (500 tokens expected) = ≈ $0.0112 ($0.0106–$0.0117) with claude-sonnet-4-20250514',
    );
  });

  test('without a price', () => {
    expect(formatEstimate(estimate('nope', 10))).toBe('≈ 11 tokens (7–15) · no price known for nope');
    expect(formatComparison(estimate('nope', 10))).toEqual({
      label: 'nope',
      description: 'no price known',
      detail: '≈ 11 tokens (7–15)',
    });
  });

  test('of a list to compare, and of the context window', () => {
    expect(formatComparison(estimate('gpt-4.1', 1000))).toEqual({
      label: 'gpt-4.1',
      description: '$0.006',
      detail: '1,000 tokens · <1% of the context window',
    });
    expect(formatContextShare(estimate('gpt-4.1', 123_456))).toBe('12% of the context window');
    expect(formatContextShare(estimate('gpt-4.1', 2_000_000))).toBe('does not fit into the context window');
    expect(formatContextShare(estimate('gpt-4.1', 0))).toBe('0% of the context window');
  });
});
