import type { ModelPrice } from '@pydantic/genai-prices';
import type { Settings } from '../../contributions.ts';
import type { Provider } from '../provider.ts';
import { priceFor, pricesAt } from './cataloguePrices.ts';
import type { Rate, RateGap } from './cost.ts';
import { catalogueVersion, findListedModel, findMakersModel, type ListedModel } from './priceCatalogue.ts';
import { createOverrides, type MatchedOverride } from './priceOverrides.ts';
import { webSearchRate } from './tiers.ts';

// One module for all that needs the price data, as a window loads it late (esbuild.mjs, `lazyModules`).
export { computeCost } from './pricing.ts';

export interface RateQuery {
  readonly provider: Provider | null;
  /** As reported. */
  readonly model: string;
  /** When the call was made, epoch ms. */
  readonly timestamp: number;
  /** The whole prompt, cache included, in tokens. */
  readonly promptTokens: number;
}

export interface PriceBook {
  /** The rate of one call at standard speed and service tier; null when the model is unknown or has no price per token. */
  rateFor(query: RateQuery): Rate | null;
  /** The model's context window in tokens; null when unknown. */
  contextWindow(provider: Provider | null, model: string): number | null;
  /** Package and version of the prices. */
  readonly version: string;
}

/**
 * The price book: the user's overrides first, then the catalogue (docs/architecture.md, "Never a wrong number"). What a
 * source leaves out falls back: cache reads and 5-minute writes to the input rate, as the price library does (it counts such
 * tokens as plain input); 1-hour writes to the 5-minute rate, noted as a gap. The catalogue is read when first asked.
 */
export function createPriceBook(overrides: Settings['prices']): PriceBook {
  const findOverride = createOverrides(overrides);
  const shared = new SharedRates();
  const hasOverrides = Object.keys(overrides).length > 0;
  return {
    version: catalogueVersion,
    rateFor(query) {
      const listed = findListedModel(query.provider, query.model);
      const override = hasOverrides ? findOverride(query.model) : null;
      if (override) {
        return overrideRate(override, listed ? catalogueRate(listed, query, shared) : null);
      }
      return listed && catalogueRate(listed, query, shared);
    },
    contextWindow(provider, model) {
      return (
        findListedModel(provider, model)?.model.context_window ?? findMakersModel(model)?.model.context_window ?? null
      );
    },
  };
}

/** Overrides give token rates only; web searches keep the catalogue's. */
function overrideRate({ pattern, prices }: MatchedOverride, listed: Rate | null): Rate {
  const gaps: RateGap[] = prices.cacheWrite1h === undefined ? ['cacheWrite1h'] : [];
  if (!listed || listed.gaps?.includes('webSearch')) {
    gaps.push('webSearch');
  }
  const cacheWrite5m = prices.cacheWrite ?? prices.input;
  return {
    input: prices.input,
    output: prices.output,
    cacheRead: prices.cacheRead ?? prices.input,
    cacheWrite5m,
    cacheWrite1h: prices.cacheWrite1h ?? cacheWrite5m,
    webSearch: listed?.webSearch ?? 0,
    source: `settings:${pattern}`,
    tierFrom: null,
    factors: {},
    ...(gaps.length > 0 && { gaps }),
  };
}

function catalogueRate(listed: ListedModel, { timestamp, promptTokens }: RateQuery, shared: SharedRates): Rate | null {
  const prices = pricesAt(listed.model, timestamp);
  return shared.get(listed, prices, promptTokens, () => makeRate(listed, prices, promptTokens));
}

/** Rates that were made before: calls of one model in one period and tier have the same one, and share what is kept of it. */
class SharedRates {
  readonly #rates = new WeakMap<
    ModelPrice,
    { listed: ListedModel; from: number; below: number; rate: Rate | null }[]
  >();

  get(listed: ListedModel, prices: ModelPrice, promptTokens: number, make: () => Rate | null): Rate | null {
    const known = this.#rates.get(prices) ?? [];
    let entry = known.find(each => each.listed === listed && promptTokens >= each.from && promptTokens < each.below);
    if (!entry) {
      entry = { listed, ...tierAround(prices, promptTokens), rate: make() };
      this.#rates.set(prices, [...known, entry]);
    }
    return entry.rate;
  }
}

/** The prompts around one that have the same price in every tier, as the first and the one after the last, in tokens. */
function tierAround(prices: ModelPrice, promptTokens: number): { readonly from: number; readonly below: number } {
  let [from, below] = [0, Number.POSITIVE_INFINITY];
  for (const price of Object.values(prices)) {
    for (const { start } of typeof price === 'object' ? price.tiers : []) {
      // A tier begins one token above its start.
      if (promptTokens > start) {
        from = Math.max(from, start + 1);
      } else {
        below = Math.min(below, start + 1);
      }
    }
  }
  return { from, below };
}

function makeRate(listed: ListedModel, prices: ModelPrice, promptTokens: number): Rate | null {
  const price = (key: string) => priceFor(prices[key], promptTokens);
  const input = price('input_mtok');
  const output = price('output_mtok');
  // Priced by the hour, page or message: nothing a record counts. Embeddings have no output, and no price for it.
  if (!input && !isFree(listed, prices)) {
    return null;
  }
  const cacheRead = price('cache_read_mtok') ?? input;
  const cacheWrite5m = price('cache_write_mtok') ?? input;
  const cacheWrite1h = price('cache_write_1h_mtok');
  const webSearch = price('web_searches_kcount')?.usd ?? webSearchRate(listed.provider);
  const gaps: RateGap[] = [];
  if (input) {
    gaps.push(...(output ? [] : ['output' as const]), ...(cacheWrite1h ? [] : ['cacheWrite1h' as const]));
  }
  gaps.push(...(webSearch === null ? ['webSearch' as const] : []));
  gaps.push(...(uncounted.some(key => prices[key] !== undefined) ? ['otherCharges' as const] : []));
  const tiers = [input, output, cacheRead, cacheWrite5m, cacheWrite1h].map(chosen => chosen?.from ?? 0);
  return {
    input: input?.usd ?? 0,
    output: output?.usd ?? 0,
    cacheRead: cacheRead?.usd ?? 0,
    cacheWrite5m: cacheWrite5m?.usd ?? 0,
    cacheWrite1h: (cacheWrite1h ?? cacheWrite5m)?.usd ?? 0,
    webSearch: webSearch ?? 0,
    source: `${catalogueVersion}:${listed.catalogueProvider}/${listed.model.id}`,
    tierFrom: Math.max(...tiers) || null,
    factors: {},
    ...(gaps.length > 0 && { gaps }),
  };
}

/** Charges of the catalogue that no record counts: a fee per request, reasoning and citations billed apart from output. */
const uncounted = ['requests_kcount', 'output_reasoning_mtok', 'output_citation_mtok'] as const;

/**
 * An entry without any price means "free" only where that is sure: OpenRouter's `:free` variants, and Copilot's models
 * that are part of the subscription (the catalogue says a live request reported a cost of zero). Elsewhere it means unknown.
 */
function isFree(listed: ListedModel, prices: ModelPrice): boolean {
  return (
    Object.keys(prices).length === 0 &&
    (listed.model.id.endsWith(':free') || listed.catalogueProvider === 'github-copilot')
  );
}
