import { describe, expect, test } from 'vitest';
import { computeCacheSavings, type RateSums, splitCost } from '../../../../src/core/prices/costParts.ts';
import { spendOf } from '../../../../src/core/spend.ts';

const calls = (overrides: Partial<RateSums> = {}): RateSums => ({
  provider: 'anthropic',
  model: 'claude',
  basis: 'priced',
  rate: {
    input: 3,
    output: 15,
    cacheRead: 0.3,
    cacheWrite5m: 3.75,
    cacheWrite1h: 6,
    webSearch: 10,
    source: 'settings:claude',
    tierFrom: null,
    factors: {},
  },
  serviceTier: null,
  speed: null,
  inferenceGeo: null,
  signals: ['usage'],
  requests: 1,
  observations: 1,
  tokens: {
    input: 1000,
    cacheRead: 10_000,
    cacheWrite5m: 2000,
    cacheWrite1h: 1000,
    cacheWrite: 0,
    output: 100,
    reasoning: 0,
  },
  webSearches: 2,
  costNanoUsd: 0,
  ...overrides,
});

describe('the parts of a cost', () => {
  test('are tokens × rate, in nano-USD, and what is left over by rounding stands apart', () => {
    const parts = splitCost(calls({ costNanoUsd: 41_000_001 }));
    expect(parts).toEqual({
      input: 3_000_000,
      cacheRead: 3_000_000,
      // 2,000 × 3.75 + 1,000 × 6.
      cacheWrite: 13_500_000,
      output: 1_500_000,
      // 2 × 10 ÷ 1,000.
      webSearch: 20_000_000,
      unsplit: 1,
    });
  });

  test('follow the factors of a tier, but for searches', () => {
    const { rate } = calls();
    const half = rate && { ...rate, factors: { batch: 0.5 } };
    const parts = splitCost(calls({ rate: half, costNanoUsd: 30_500_000 }));
    expect([parts.output, parts.webSearch, parts.unsplit]).toEqual([750_000, 20_000_000, 0]);
  });

  test('of a bill are not known', () => {
    expect(splitCost(calls({ rate: null, basis: 'billed', costNanoUsd: 7 }))).toMatchObject({ unsplit: 7, input: 0 });
  });
});

describe('what caching saved', () => {
  test('is the input rate for all that was cached, less what it did cost', () => {
    // 10,000 × (3 − 0.30) − 2,000 × 0.75 − 1,000 × 3 USD per 1M.
    expect(computeCacheSavings(calls())).toBe(27_000_000 - 1_500_000 - 3_000_000);
  });

  test('is negative when more was written than read, and unknown without a rate', () => {
    const { tokens } = calls();
    expect(computeCacheSavings(calls({ tokens: { ...tokens, cacheRead: 0 } }))).toBe(-4_500_000);
    expect(computeCacheSavings(calls({ rate: null }))).toBeNull();
  });
});

test('spend is the cost without what subscriptions pay for, to the nano-USD', () => {
  expect(spendOf({ cost_usd: 0.3, subscription_cost_usd: 0.1 })).toBe(0.2);
  expect(spendOf({ cost_usd: 2, subscription_cost_usd: 2 })).toBe(0);
  expect(spendOf({ cost_usd: 2, subscription_cost_usd: null })).toBe(2);
  expect(spendOf({ cost_usd: null, subscription_cost_usd: null })).toBeNull();
});
