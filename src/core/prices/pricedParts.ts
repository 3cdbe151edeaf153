import type { TokenCounts } from '../usageRecord.ts';
import type { Rate } from './cost.ts';

/** One part of a cost: quantity × rate × factor ÷ per. */
export interface PricedPart {
  readonly kind:
    | 'input'
    | 'output'
    | keyof Pick<TokenCounts, 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'cacheWrite'>
    | 'webSearch';
  /** Tokens, or searches. */
  readonly quantity: number;
  /** USD for `per` of them. */
  readonly rateUsd: number;
  readonly per: number;
  /** Product of the rate's factors; searches have none. */
  readonly factor: number;
}

/** What `computeCost` adds up for counts and the rate kept with them, without the parts of which there was nothing. */
export function listPricedParts(tokens: TokenCounts, webSearches: number, rate: Rate): PricedPart[] {
  const factor = Object.values(rate.factors).reduce((product, each) => product * each, 1);
  const part = (kind: PricedPart['kind'], quantity: number | null, rateUsd: number): PricedPart[] =>
    quantity ? [{ kind, quantity, rateUsd, per: 1_000_000, factor }] : [];
  return [
    ...part('input', tokens.input, rate.input),
    ...part('cacheRead', tokens.cacheRead, rate.cacheRead),
    ...part('cacheWrite5m', tokens.cacheWrite5m, rate.cacheWrite5m),
    ...part('cacheWrite1h', tokens.cacheWrite1h, rate.cacheWrite1h),
    // Of unknown lifetime: they count as 5 minutes.
    ...part('cacheWrite', tokens.cacheWrite, rate.cacheWrite5m),
    ...part('output', tokens.output, rate.output),
    ...(webSearches > 0
      ? [{ kind: 'webSearch' as const, quantity: webSearches, rateUsd: rate.webSearch, per: 1000, factor: 1 }]
      : []),
  ];
}

/** USD of a part, not rounded. */
export function usdOfPart({ quantity, rateUsd, factor, per }: PricedPart): number {
  return (quantity * rateUsd * factor) / per;
}
