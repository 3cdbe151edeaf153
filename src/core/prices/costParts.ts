import type { Provider } from '../provider.ts';
import type { Signal, TokenCounts } from '../usageRecord.ts';
import type { CostBasis, Rate } from './cost.ts';

/** Calls of one model that were priced alike: same rate, tier and basis. Tokens are sums, the cost is exact nano-USD. */
export interface RateSums {
  readonly provider: Provider | null;
  readonly model: string | null;
  readonly basis: CostBasis;
  readonly rate: Rate | null;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly inferenceGeo: string | null;
  /** The signals that reported the calls, as they are kept together with a call. */
  readonly signals: readonly Signal[];
  readonly requests: number;
  /** Reports that made these calls. */
  readonly observations: number;
  readonly tokens: { readonly [Bucket in keyof TokenCounts]: number };
  readonly webSearches: number;
  /** 0 for unpriced calls. */
  readonly costNanoUsd: number;
}

/** What a cost is made of, nano-USD. `unsplit`: billed as a whole, and what is left over by rounding each call once. */
export interface CostParts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly webSearch: number;
  readonly unsplit: number;
}

export const noParts: CostParts = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, webSearch: 0, unsplit: 0 };

/** USD per 1M tokens is nano-USD per 1/1000 token. */
const nanoPerToken = 1000;
const searchesPerRate = 1000;
const nanoPerUsd = 1e9;

/**
 * A cost by token kind. Adds up to `costNanoUsd` exactly. A rate that knows nothing of cache writes prices them as input, and that
 * is what they cost here, too.
 */
export function splitCost({ rate, tokens, webSearches, costNanoUsd }: RateSums): CostParts {
  if (rate === null) {
    return { ...noParts, unsplit: costNanoUsd };
  }
  const factor = computeFactor(rate);
  const cost = (count: number, usd: number) => Math.round(count * usd * nanoPerToken * factor);
  const parts = {
    input: cost(tokens.input, rate.input),
    cacheRead: cost(tokens.cacheRead, rate.cacheRead),
    cacheWrite:
      cost(tokens.cacheWrite5m + tokens.cacheWrite, rate.cacheWrite5m) + cost(tokens.cacheWrite1h, rate.cacheWrite1h),
    output: cost(tokens.output, rate.output),
    webSearch: Math.round((webSearches / searchesPerRate) * rate.webSearch * nanoPerUsd),
  };
  return { ...parts, unsplit: costNanoUsd - Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/**
 * What caching saved, nano-USD: all of the prompt at the input's rate, less what its cached parts did cost. Negative when more was
 * written to the cache than was read from it. Null for calls without a rate, where nobody knows.
 */
export function computeCacheSavings({ rate, tokens }: RateSums): number | null {
  if (rate === null) {
    return null;
  }
  const saved =
    tokens.cacheRead * (rate.input - rate.cacheRead) +
    (tokens.cacheWrite5m + tokens.cacheWrite) * (rate.input - rate.cacheWrite5m) +
    tokens.cacheWrite1h * (rate.input - rate.cacheWrite1h);
  return Math.round(saved * nanoPerToken * computeFactor(rate));
}

/** What the token rates are multiplied by. */
export function computeFactor({ factors }: Rate): number {
  return Object.values(factors).reduce((product, factor) => product * factor, 1);
}

export function addParts(a: CostParts, b: CostParts): CostParts {
  const names = Object.keys(noParts) as (keyof CostParts)[];
  return Object.fromEntries(names.map(name => [name, a[name] + b[name]])) as unknown as CostParts;
}
