import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rate } from '../../../../src/core/prices/cost.ts';
import { createPriceBook, type PriceBook } from '../../../../src/core/prices/priceBook.ts';
import { computeCost } from '../../../../src/core/prices/pricing.ts';
import { emptyRecord, type TokenCounts, type UsageRecord } from '../../../../src/core/usageRecord.ts';

const book = createPriceBook({});
const noTokens: TokenCounts = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: null,
};

function record({
  tokens,
  ...given
}: Partial<Omit<UsageRecord, 'tokens'>> & { tokens?: Partial<TokenCounts> }): UsageRecord {
  return {
    ...emptyRecord,
    timestamp: Date.parse('2026-11-22T12:00Z'),
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    ...given,
    tokens: { ...noTokens, ...tokens },
  };
}

const gpt = (tokens: Partial<TokenCounts>, given: Partial<Omit<UsageRecord, 'tokens'>> = {}) =>
  record({ provider: 'openai', model: 'gpt-4.1', tokens, ...given });
const usd = (value: UsageRecord) => {
  const { nanoUsd } = computeCost(value, book);
  return nanoUsd === null ? null : nanoUsd / 1e9;
};
const basis = (value: UsageRecord) => computeCost(value, book).basis;

describe('computeCost', () => {
  it('multiplies tokens with their rates', () => {
    expect(computeCost(gpt({ input: 1_000, output: 500 }), book)).toMatchObject({
      nanoUsd: 6_000_000,
      basis: 'priced',
    });
    const tokens = { input: 120, cacheRead: 45_000, cacheWrite5m: 1_000, cacheWrite1h: 2_000, output: 850 };
    // (120×3 + 45000×0.3 + 1000×3.75 + 2000×6 + 850×15) / 1M
    expect(usd(record({ tokens }))).toBe(0.04236);
    expect(usd(record({ tokens: { cacheWrite: 1_000 } }))).toBe(0.00375);
  });

  it('counts reasoning inside the output once', () => {
    expect(usd(gpt({ input: 0, output: 1_000, reasoning: 900 }))).toBe(0.008);
  });

  it('rounds once, half up', () => {
    const tiny = (input: number, output: number) => createPriceBook({ m: { input, output } });
    // 1 token at 0.0005 USD per 1M is half a nano-USD.
    const one = record({ model: 'm', tokens: { input: 1 } });
    expect(computeCost(one, tiny(0.0005, 0)).nanoUsd).toBe(1);
    expect(computeCost(one, tiny(0.000499999, 0)).nanoUsd).toBe(0);
    // Two quarters of a nano-USD make a half: rounding each would give 0.
    const two = record({ model: 'm', tokens: { input: 1, output: 1 } });
    expect(computeCost(two, tiny(0.00025, 0.00025)).nanoUsd).toBe(1);
  });

  it('takes the provider’s own amount before any price', () => {
    const billed = gpt({ input: 1_000, output: 500 }, { billedNanoUsd: 5, completeness: 'lower_bound' });
    expect(computeCost(billed, book)).toEqual({ nanoUsd: 5, basis: 'billed', rate: null });
    expect(computeCost({ ...billed, model: null, billedNanoUsd: 0 }, book).basis).toBe('billed');
  });

  it('leaves the unknown unpriced, never 0', () => {
    const unpriced = { nanoUsd: null, basis: 'unpriced', rate: null };
    expect(computeCost(gpt({ input: 1 }, { model: 'gpt-4.1-turbo' }), book)).toEqual(unpriced);
    expect(computeCost(gpt({ input: 1 }, { model: null }), book)).toEqual(unpriced);
    expect(computeCost(gpt({ input: 1 }, { provider: 'ollama', model: 'qwen3-coder:30b' }), book)).toEqual(unpriced);
    expect(computeCost(gpt({ input: null, output: null }), book)).toEqual(unpriced);
    expect(computeCost(gpt({ input: Number.MAX_SAFE_INTEGER }), book)).toEqual(unpriced);
  });

  it('prices a call that used nothing at 0', () => {
    expect(computeCost(gpt({}), book)).toMatchObject({ nanoUsd: 0, basis: 'priced' });
  });

  it('estimates from the rest when a count is unknown', () => {
    expect(computeCost(gpt({ input: null, output: 500 }), book)).toMatchObject({
      nanoUsd: 4_000_000,
      basis: 'estimated',
    });
    expect(computeCost(gpt({ input: 500, output: null }), book)).toMatchObject({
      nanoUsd: 1_000_000,
      basis: 'estimated',
    });
    expect(basis(gpt({ input: null, output: null, cacheRead: 5 }))).toBe('estimated');
  });

  it('estimates what is not complete', () => {
    expect(basis(gpt({ input: 1 }, { completeness: 'lower_bound' }))).toBe('estimated');
    expect(basis(gpt({ input: 1 }, { completeness: 'estimated' }))).toBe('estimated');
  });

  it('takes the long-context tier from the whole prompt, cache included', () => {
    const gemini = (tokens: Partial<TokenCounts>) =>
      computeCost(record({ provider: 'google', model: 'gemini-2.5-pro', tokens }), book);
    expect(gemini({ input: 1_000, cacheRead: 199_000, output: 100 }).rate?.tierFrom).toBeNull();
    const long = gemini({ input: 1_000, cacheRead: 199_001, output: 100 });
    expect(long.rate).toMatchObject({ input: 2.5, tierFrom: 200_001 });
    expect(long.nanoUsd).toBe(2_500_000 + 49_750_250 + 1_500_000);
    expect(gemini({ input: null, cacheRead: 200_001 }).rate?.tierFrom).toBe(200_001);
  });

  it('takes no tier from a metric, which sums several calls', () => {
    const metric = record({
      provider: 'google',
      model: 'gemini-2.5-pro',
      signal: 'otlp_metric',
      tokens: { input: 900_000 },
    });
    expect(computeCost(metric, book).rate?.tierFrom).toBeNull();
  });

  it('estimates with a rate that has a gap, only if the call needs it', () => {
    const bedrock = { provider: 'bedrock', model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };
    expect(basis(record({ ...bedrock, tokens: { input: 1, cacheWrite5m: 1_000 } }))).toBe('priced');
    expect(computeCost(record({ ...bedrock, tokens: { cacheWrite1h: 1_000 } }), book)).toMatchObject({
      nanoUsd: 4_125_000,
      basis: 'estimated',
    });
    expect(basis(record({ provider: 'google', model: 'gemini-2.5-pro', webSearches: 1 }))).toBe('estimated');
    expect(basis(record({ provider: 'perplexity', model: 'sonar', tokens: { input: 1 } }))).toBe('estimated');
  });

  it('adds web searches', () => {
    expect(computeCost(record({ tokens: { input: 1_000 }, webSearches: 2 }), book)).toMatchObject({
      nanoUsd: 3_000_000 + 20_000_000,
      basis: 'priced',
    });
  });

  it('refuses counts that are no integers', () => {
    expect(() => computeCost(gpt({ input: 0.5 }), book)).toThrow(RangeError);
  });
});

describe('tiers, speed and geography', () => {
  const million = { input: 1_000_000 };

  it.each<[string, Partial<Omit<UsageRecord, 'tokens'>>, number, Rate['factors']]>([
    ['batch', { serviceTier: 'batch' }, 1.5, { batch: 0.5 }],
    ['BATCH', { serviceTier: 'BATCH' }, 1.5, { batch: 0.5 }],
    ['OpenAI flex', { provider: 'openai', model: 'gpt-4.1', serviceTier: 'flex' }, 1, { flex: 0.5 }],
    ['gpt-4.1 priority', { provider: 'openai', model: 'gpt-4.1', serviceTier: 'priority' }, 3.5, { priority: 1.75 }],
    [
      'a dated name',
      { provider: 'openai', model: 'gpt-4.1-2025-04-14', serviceTier: 'priority' },
      3.5,
      { priority: 1.75 },
    ],
    ['gpt-5-mini priority', { provider: null, model: 'gpt-5-mini', serviceTier: 'priority' }, 0.45, { priority: 1.8 }],
    ['gpt-5.2 priority', { provider: 'my-proxy', model: 'gpt-5.2', serviceTier: 'priority' }, 3.5, { priority: 2 }],
    [
      'gemini priority',
      { provider: 'google', model: 'gemini-3.8-flash', serviceTier: 'priority' },
      1.35,
      { priority: 1.8 },
    ],
    [
      'Gemini’s word',
      { provider: 'google', model: 'gemini-3.8-flash', serviceTier: 'ON_DEMAND_FLEX' },
      0.375,
      { flex: 0.5 },
    ],
    ['US inference', { inferenceGeo: 'us' }, 3.3, { 'inference_geo:us': 1.1 }],
    ['fast', { model: 'claude-opus-4-8', speed: 'fast' }, 10, { fast: 2 }],
    [
      'all at once',
      { model: 'claude-opus-4-8', speed: 'fast', inferenceGeo: 'us', serviceTier: 'batch' },
      5.5,
      { batch: 0.5, fast: 2, 'inference_geo:us': 1.1 },
    ],
  ])('%s', (_name, given, expected, factors) => {
    const cost = computeCost(record({ ...given, tokens: million }), book);
    expect(cost).toMatchObject({ nanoUsd: Math.round(expected * 1e9), basis: 'priced' });
    expect(cost.rate?.factors).toEqual(factors);
  });

  it('prices gpt-5.5 priority below its long-context tier', () => {
    const tokens = { input: 464, cacheRead: 1_536, output: 150 };
    // (464×5 + 1536×0.5 + 150×30) × 2.5 / 1M
    expect(usd(record({ provider: 'openai', model: 'gpt-5.5', serviceTier: 'priority', tokens }))).toBe(0.01897);
  });

  it('has the fast factors of the catalogue’s own fast variants', () => {
    for (const version of ['4.6', '4.7', '4.8', '5']) {
      const dashed = version.replace('.', '-');
      const standard = { provider: 'openrouter', timestamp: Date.parse('2026-11-22'), promptTokens: 1 };
      const slow = book.rateFor({ ...standard, model: `anthropic/claude-opus-${version}` });
      const fast = book.rateFor({ ...standard, model: `anthropic/claude-opus-${version}-fast` });
      const ours = computeCost(record({ model: `claude-opus-${dashed}`, speed: 'fast', tokens: { input: 1 } }), book);
      expect(ours.rate?.factors.fast, version).toBe((fast?.input ?? 0) / (slow?.input ?? 1));
      expect((fast?.output ?? 0) / (slow?.output ?? 1)).toBe(ours.rate?.factors.fast);
    }
  });

  it.each([
    { serviceTier: 'standard' },
    { serviceTier: 'default' },
    { serviceTier: 'auto' },
    { serviceTier: 'ON_DEMAND' },
    { speed: 'standard' },
    { inferenceGeo: 'global' },
    { inferenceGeo: 'not_available' },
  ])('takes %o for standard', given => {
    const cost = computeCost(record({ ...given, tokens: million }), book);
    expect(cost).toMatchObject({ nanoUsd: 3_000_000_000, basis: 'priced', rate: { factors: {} } });
  });

  it.each([
    { serviceTier: 'priority' }, // Anthropic's is a contract of its own
    { serviceTier: 'provisioned_throughput' },
    { speed: 'fast' }, // not offered for Sonnet
    { inferenceGeo: 'eu' },
  ])('estimates %o at standard rates', given => {
    const cost = computeCost(record({ ...given, tokens: million }), book);
    expect(cost).toMatchObject({ nanoUsd: 3_000_000_000, basis: 'estimated', rate: { factors: {} } });
  });

  it('knows no priority factor of other sellers and models', () => {
    expect(basis(gpt(million, { provider: 'azure', serviceTier: 'priority' }))).toBe('estimated');
    expect(basis(gpt(million, { model: 'gpt-4o-mini', serviceTier: 'priority' }))).toBe('estimated');
  });

  it('does not multiply web searches', () => {
    expect(usd(record({ tokens: million, webSearches: 1_000, serviceTier: 'batch' }))).toBe(11.5);
  });
});

describe('properties', () => {
  const count = fc.integer({ min: 0, max: 5_000_000 });
  const fixed = (rate: Rate): PriceBook => ({ rateFor: () => rate, contextWindow: () => null, version: 'test' });
  const price = fc.integer({ min: 0, max: 100_000_000 }).map(micro => micro / 1e6);

  it('never differs from exact arithmetic by more than half a nano-USD', () => {
    fc.assert(
      fc.property(count, count, count, count, count, price, price, (input, output, cacheRead, w5, w1, low, high) => {
        const rate: Rate = {
          input: low,
          output: high,
          cacheRead: low,
          cacheWrite5m: high,
          cacheWrite1h: high,
          webSearch: 0,
          source: 'test',
          tierFrom: null,
          factors: {},
        };
        const tokens = { input, output, cacheRead, cacheWrite5m: w5, cacheWrite1h: w1 };
        const { nanoUsd } = computeCost(record({ tokens, serviceTier: 'batch' }), fixed(rate));
        // In 1e-9 nano-USD: tokens × micro-USD × 1e3 nano / 1e6 tokens × 0.5.
        const exact =
          (BigInt(input + cacheRead) * BigInt(Math.round(low * 1e6)) +
            BigInt(output + w5 + w1) * BigInt(Math.round(high * 1e6))) *
          500_000n;
        const difference = BigInt(nanoUsd ?? -1) * 1_000_000_000n - exact;
        expect(difference <= 500_000_000n && difference > -500_000_000n).toBe(true);
      }),
    );
  });

  it('never falls when tokens are added within a tier', () => {
    fc.assert(
      fc.property(count, count, (input, more) => {
        const cost = (tokens: number) => computeCost(gpt({ input: tokens }), book).nanoUsd ?? -1;
        expect(cost(input + more)).toBeGreaterThanOrEqual(cost(input));
      }),
    );
  });
});
