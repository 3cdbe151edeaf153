import { readFileSync } from 'node:fs';
import { calcPrice, findProvider, type Usage, waitForUpdate } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { dateOfSource } from '../../../../src/core/prices/catalogueDate.ts';
import { catalogueNames } from '../../../../src/core/prices/catalogueNames.ts';
import { pricesAt } from '../../../../src/core/prices/cataloguePrices.ts';
import type { Rate } from '../../../../src/core/prices/cost.ts';
import { createPriceBook, type RateQuery } from '../../../../src/core/prices/priceBook.ts';
import { catalogueVersion } from '../../../../src/core/prices/priceCatalogue.ts';

const book = createPriceBook({});
const at = (iso: string) => Date.parse(iso);
const now = at('2026-11-22T12:00Z');
const rate = (provider: string | null, model: string, more: Partial<RateQuery> = {}) =>
  book.rateFor({ provider, model, timestamp: now, promptTokens: 1_000, ...more });
const prices = (found: Rate | null) => found && [found.input, found.output];

describe('the catalogue', () => {
  it('is the version that is installed', () => {
    const manifest = JSON.parse(readFileSync('node_modules/@pydantic/genai-prices/package.json', 'utf8'));
    expect(catalogueVersion).toBe(`genai-prices@${manifest.version}`);
    expect(book.version).toBe(catalogueVersion);
    expect(dateOfSource(`${catalogueVersion}:openai/gpt-4.1`)).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(dateOfSource('settings:gpt-*')).toBeNull();
  });

  it.each([
    ['openai', 'gpt-4.1', 2, 8],
    ['openai', 'gpt-4.1-mini', 0.4, 1.6],
    ['openai', 'gpt-4.1-nano', 0.1, 0.4],
    ['anthropic', 'claude-sonnet-4-20250514', 3, 15],
    ['anthropic', 'claude-3-5-haiku-20241022', 0.8, 4],
  ])('prices %s %s at %d and %d', (provider, model, input, output) => {
    expect(prices(rate(provider, model))).toEqual([input, output]);
    expect(prices(rate(null, model))).toEqual([input, output]);
  });

  it('gives every name to one model of a provider only', async () => {
    for (const provider of (await waitForUpdate()) ?? []) {
      const owners = new Map<string, string>();
      for (const model of provider.models) {
        for (const name of catalogueNames(provider.id, model)) {
          expect(owners.get(name) ?? model.id, `${provider.id} ${name}`).toBe(model.id);
          owners.set(name, model.id);
        }
      }
    }
  });

  it('agrees with the library on every name the library knows too', async () => {
    const usage: Usage = {
      input_tokens: 250_000,
      cache_read_tokens: 50_000,
      cache_write_tokens: 30_000,
      output_tokens: 7_000,
    };
    let compared = 0;
    for (const provider of (await waitForUpdate()) ?? []) {
      const ours = { aws: 'bedrock', 'x-ai': 'xai', 'github-copilot': 'github' }[provider.id] ?? provider.id;
      for (const model of provider.models) {
        for (const name of catalogueNames(provider.id, model)) {
          const found = rate(ours, name, { promptTokens: 250_000 });
          const theirs = calcPrice(usage, name, { provider, timestamp: new Date(now) });
          if (found && theirs && !found.gaps?.includes('otherCharges')) {
            const cost =
              170_000 * found.input + 50_000 * found.cacheRead + 30_000 * found.cacheWrite5m + 7_000 * found.output;
            expect(cost / 1e6, `${provider.id} ${name}`).toBeCloseTo(theirs.total_price, 9);
            compared += 1;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(1_500);
  });
});

describe('the look-up', () => {
  it('knows exact names only', () => {
    for (const model of ['gpt-4.1-turbo', 'gpt-4', 'gpt-5-nano-foo', 'claude-sonnet-4-5-foo', 'gpt-4.1 ', 'GPT-4.1']) {
      expect(rate('openai', model) !== null, model).toBe(['gpt-4', 'gpt-4.1 ', 'GPT-4.1'].includes(model));
    }
    expect(rate('anthropic', 'claude-sonnet-99')).toBeNull();
    expect(rate('openai-compatible', 'my-model')).toBeNull();
    expect(rate(null, '')).toBeNull();
  });

  it('takes an unknown date off, and leaves a known one its own price', () => {
    expect(rate('openai', 'gpt-4.1-2099-01-01')?.source).toBe(`${catalogueVersion}:openai/gpt-4.1`);
    expect(prices(rate('openai', 'gpt-4o'))).toEqual([2.5, 10]);
    expect(prices(rate('openai', 'gpt-4o-2024-05-13'))).toEqual([5, 15]);
  });

  it('takes the reported provider first, else the maker', () => {
    expect(rate('openrouter', 'anthropic/claude-sonnet-4.5')?.source).toBe(
      `${catalogueVersion}:openrouter/anthropic/claude-sonnet-4.5`,
    );
    expect(rate('my-proxy', 'anthropic/claude-sonnet-4-5')?.source).toBe(
      `${catalogueVersion}:anthropic/claude-sonnet-4-5`,
    );
    expect(rate('azure', 'gpt-4.1')?.source).toBe(`${catalogueVersion}:openai/gpt-4.1`);
    expect(rate('google', 'claude-sonnet-4-5@20250929')?.source).toBe(`${catalogueVersion}:google/claude-sonnet-4-5`);
  });

  it('tells Bedrock regions apart, which cost more than Anthropic', () => {
    expect(prices(rate('bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0'))).toEqual([3, 15]);
    expect(prices(rate('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'))).toEqual([3.3, 16.5]);
    expect(prices(rate(null, 'anthropic.claude-sonnet-4-5-20250929-v1:0'))).toEqual([3.3, 16.5]);
    expect(prices(rate('bedrock', 'eu.anthropic.claude-opus-4-6-v1'))).toEqual([5.5, 27.5]);
    expect(rate('bedrock', 'us.anthropic.claude-sonnet-99-v1:0')).toBeNull();
    // A proxy's short name is Anthropic's, although Bedrock lists it too.
    expect(prices(rate('my-proxy', 'claude-haiku-4-5-20251001'))).toEqual([1, 5]);
  });

  it('has no list price for a model on the own machine', () => {
    expect(rate('ollama', 'mistral-nemo')).toBeNull();
    expect(rate('mistral', 'mistral-nemo')).not.toBeNull();
  });

  it('takes a missing price for free only where that is sure', () => {
    expect(prices(rate('openrouter', 'deepseek/deepseek-r1:free'))).toEqual([0, 0]);
    expect(prices(rate('github', 'gpt-4.1'))).toEqual([0, 0]);
    expect(findProvider({ providerId: 'google' })?.models.some(model => model.id === 'gemma-3')).toBe(true);
    expect(rate('google', 'gemma-3')).toBeNull();
    expect(rate('openai', 'whisper-1')).toBeNull();
  });
});

describe('the rate', () => {
  it('changes tier for the whole request one token above the start', () => {
    const gemini = (promptTokens: number) => rate('google', 'gemini-2.5-pro', { promptTokens });
    expect(gemini(200_000)).toMatchObject({ input: 1.25, output: 10, tierFrom: null });
    expect(gemini(200_001)).toMatchObject({ input: 2.5, output: 15, cacheRead: 0.25, tierFrom: 200_001 });
    const gpt = (promptTokens: number) => rate('openai', 'gpt-5.5', { promptTokens });
    expect(gpt(271_999)).toMatchObject({ input: 5, tierFrom: null });
    expect(gpt(272_000)).toMatchObject({ input: 10, output: 45, cacheRead: 1, tierFrom: 272_000 });
  });

  it('is the one of the day of the call', () => {
    expect(prices(rate('openai', 'o3', { timestamp: at('2025-06-09T23:59:59.999Z') }))).toEqual([10, 40]);
    expect(prices(rate('openai', 'o3', { timestamp: at('2025-06-10T00:00Z') }))).toEqual([2, 8]);
    expect(prices(rate('google', 'gemini-3.8-flash', { timestamp: at('2027-01-01T00:00Z') }))).toEqual([1.5, 7.5]);
  });

  it('is the one of the time of day, only since there is one', () => {
    const deepseek = (iso: string) => prices(rate('deepseek', 'deepseek-v4-flash', { timestamp: at(iso) }));
    expect(deepseek('2026-11-22T00:59:59.999Z')).toEqual([0.22, 0.66]);
    expect(deepseek('2026-11-22T01:00Z')).toEqual([0.44, 1.32]);
    expect(deepseek('2026-11-22T04:00Z')).toEqual([0.22, 0.66]);
    expect(deepseek('2026-11-22T09:59Z')).toEqual([0.44, 1.32]);
    // The library gives the peak price here, months before there was one.
    expect(deepseek('2026-06-01T02:00Z')).toEqual([0.14, 0.28]);
  });

  it('reads times of day with a zone and over midnight', () => {
    const model = (start_time: string, end_time: string) => ({
      id: 'm',
      match: { equals: 'm' },
      prices: [
        { prices: { input_mtok: 1 } },
        { constraint: { type: 'time_of_date' as const, start_time, end_time }, prices: { input_mtok: 2 } },
      ],
    });
    const input = (start: string, end: string, iso: string) => pricesAt(model(start, end), at(iso)).input_mtok;
    expect(input('22:00:00Z', '02:00:00Z', '2026-11-22T23:00Z')).toBe(2);
    expect(input('22:00:00Z', '02:00:00Z', '2026-11-22T01:59Z')).toBe(2);
    expect(input('22:00:00Z', '02:00:00Z', '2026-11-22T02:00Z')).toBe(1);
    expect(input('01:00:00+08:00', '02:00:00+08:00', '2026-11-22T17:30Z')).toBe(2);
  });

  it('falls back to the input rate for the cache, and says that the 1-hour rate is not known', () => {
    expect(rate('anthropic', 'claude-sonnet-4-5')).toMatchObject({
      cacheRead: 0.3,
      cacheWrite5m: 3.75,
      cacheWrite1h: 6,
    });
    expect(rate('anthropic', 'claude-sonnet-4-5')).not.toHaveProperty('gaps');
    const bedrock = rate('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(bedrock).toMatchObject({ cacheWrite5m: 4.125, cacheWrite1h: 4.125 });
    expect(bedrock?.gaps).toContain('cacheWrite1h');
    expect(rate('openai', 'gpt-4-turbo')).toMatchObject({ input: 10, cacheRead: 10, cacheWrite5m: 10 });
  });

  it('knows what a web search costs, and where it does not', () => {
    expect(rate('anthropic', 'claude-3-haiku')).toMatchObject({ webSearch: 10 });
    expect(rate('openai', 'gpt-5')).toMatchObject({ webSearch: 10 });
    expect(rate('google', 'gemini-2.5-pro')?.gaps).toContain('webSearch');
    expect(rate('perplexity', 'sonar')?.gaps).toContain('otherCharges');
  });

  it('knows context windows, the maker’s where the seller says none', () => {
    expect(book.contextWindow('openai', 'gpt-4.1')).toBe(1_000_000);
    expect(book.contextWindow('anthropic', 'claude-sonnet-4-20250514')).toBe(200_000);
    expect(book.contextWindow(null, 'my-model')).toBeNull();
  });
});

describe('overrides', () => {
  const overridden = createPriceBook({
    'gpt-4.1': { input: 1, output: 2 },
    'gpt-*': { input: 3, output: 4, cacheRead: 0.3 },
    '*-mini': { input: 5, output: 6 },
    'gpt-*-mini': { input: 7, output: 8, cacheRead: 0.7, cacheWrite: 9, cacheWrite1h: 14 },
    'local.[a]*': { input: 0, output: 0 },
  });
  const source = (model: string) =>
    overridden.rateFor({ provider: null, model, timestamp: now, promptTokens: 300_000 })?.source ?? null;

  it.each([
    ['gpt-4.1', 'settings:gpt-4.1'],
    ['GPT-4.1', 'settings:gpt-4.1'],
    ['gpt-4.1-mini', 'settings:gpt-*-mini'],
    ['gpt-4o', 'settings:gpt-*'],
    ['my-mini', 'settings:*-mini'],
    ['local.[a]b', 'settings:local.[a]*'],
    ['localx[a]b', null],
    ['gpt-mini', 'settings:*-mini'],
    ['claude-opus-4-5', `${catalogueVersion}:anthropic/claude-opus-4-5`],
  ])('%s is priced by %s', (model, expected) => {
    expect(source(model)).toBe(expected);
  });

  it('fall back to their own input rate', () => {
    const rateOf = (model: string) => overridden.rateFor({ provider: null, model, timestamp: now, promptTokens: 1 });
    expect(rateOf('gpt-4.1')).toMatchObject({ input: 1, output: 2, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1 });
    expect(rateOf('gpt-4.1')).toMatchObject({ webSearch: 10, gaps: ['cacheWrite1h'], tierFrom: null });
    expect(rateOf('gpt-x-mini')).toMatchObject({
      cacheRead: 0.7,
      cacheWrite5m: 9,
      cacheWrite1h: 14,
      gaps: ['webSearch'],
    });
  });

  it('match globs of many stars in no time', () => {
    const evil = createPriceBook({ [`${'a*'.repeat(200)}b`]: { input: 1, output: 1 } });
    const started = performance.now();
    expect(evil.rateFor({ provider: null, model: 'a'.repeat(20_000), timestamp: now, promptTokens: 1 })).toBeNull();
    expect(performance.now() - started).toBeLessThan(500);
  });
});
