import { promptTokens, type TokenCounts, type UsageRecord } from '../usageRecord.ts';
import type { Cost, CostBasis, Rate, RateGap } from './cost.ts';
import type { PriceBook } from './priceBook.ts';
import { computeFactors } from './tiers.ts';

const unpriced: Cost = { nanoUsd: null, basis: 'unpriced', rate: null };

/** Rates are kept as integers of 1e-9 USD per 1M tokens, factors as integers of 1e-6; both are exact for every price known. */
const rateScale = 1e9;
const factorScale = 1e6;
const tokensPerRate = 1_000_000n;
const searchesPerRate = 1_000n;

/**
 * The cost of one call (docs/architecture.md, "Never a wrong number"): the provider's own amount if it gave one, else tokens ×
 * rate × factors in exact integer arithmetic, rounded half up once, to nano-USD. Without a rate, or without any count at all,
 * it is `unpriced`: null, never 0. It is `estimated` when a count is missing or is not complete, when the tier is unknown, or
 * when the rate has a gap that this call needs. Throws RangeError when a count is not an integer.
 */
export function computeCost(record: UsageRecord, book: PriceBook): Cost {
  if (record.billedNanoUsd !== null) {
    return { nanoUsd: record.billedNanoUsd, basis: 'billed', rate: null };
  }
  const { tokens } = record;
  if (record.model === null || isEmpty(record)) {
    return unpriced;
  }
  const rate = book.rateFor({
    provider: record.provider,
    model: record.model,
    timestamp: record.timestamp,
    // A metric sums several calls: no prompt of theirs is known to have been a long one.
    promptTokens: record.signal === 'otlp_metric' ? 0 : (promptTokens({ ...tokens, input: tokens.input ?? 0 }) ?? 0),
  });
  if (!rate) {
    return unpriced;
  }
  const { factors, isKnown } = computeFactors(record);
  const nanoUsd = computeNanoUsd(record, rate, Object.values(factors));
  if (!Number.isSafeInteger(nanoUsd)) {
    // More than 9 million USD for one call: could not be summed exactly, and is no usage.
    return unpriced;
  }
  const isExact =
    isKnown &&
    record.completeness === 'complete' &&
    tokens.input !== null &&
    tokens.output !== null &&
    !(rate.gaps ?? []).some(gap => isGapUsed(gap, record));
  const basis: CostBasis = isExact ? 'priced' : 'estimated';
  // Where nothing is added all calls share the rate, and what is known of it.
  const isPlain = Object.keys(factors).length === 0;
  return { nanoUsd, basis, rate: isPlain ? rate : { ...rate, factors: { ...rate.factors, ...factors } } };
}

/** Whether nothing billable is known of the call, so that there is nothing to give a price to. */
function isEmpty({ tokens, webSearches }: UsageRecord): boolean {
  const known = tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.cacheWrite + webSearches;
  return tokens.input === null && tokens.output === null && known === 0;
}

function computeNanoUsd({ tokens, webSearches }: UsageRecord, rate: Rate, factors: readonly number[]): number {
  if (factors.length === 0 && webSearches === 0) {
    const exact = computeInNumbers(rate, tokens);
    if (exact !== null) {
      return exact;
    }
  }
  const perMillion = computeTokenCost(rate, tokens);
  // Everything over one denominator: 1M tokens, 1e-6 per factor. Searches are priced per 1,000 and have no factors.
  const factor = factors.reduce((product, each) => product * BigInt(Math.round(each * factorScale)), 1n);
  const noFactor = BigInt(factorScale) ** BigInt(factors.length);
  const searches = BigInt(webSearches) * scaled(rate.webSearch) * (tokensPerRate / searchesPerRate);
  const denominator = tokensPerRate * noFactor;
  const numerator = perMillion * factor + searches * noFactor;
  return Number((2n * numerator + denominator) / (2n * denominator));
}

/** The same in plain numbers, where every step of it is an integer that they hold exactly; else null. Much faster than bigints. */
function computeInNumbers(rate: Rate, tokens: TokenCounts): number | null {
  const perMillion =
    (tokens.input ?? 0) * Math.round(rate.input * rateScale) +
    (tokens.output ?? 0) * Math.round(rate.output * rateScale) +
    tokens.cacheRead * Math.round(rate.cacheRead * rateScale) +
    (tokens.cacheWrite5m + tokens.cacheWrite) * Math.round(rate.cacheWrite5m * rateScale) +
    tokens.cacheWrite1h * Math.round(rate.cacheWrite1h * rateScale);
  // All parts are integers of at least 0: a sum that is exact has exact parts. What is none is for the bigints to refuse.
  const isWhole =
    isCount(tokens.input) &&
    isCount(tokens.output) &&
    isCount(tokens.cacheRead) &&
    isCount(tokens.cacheWrite) &&
    isCount(tokens.cacheWrite5m) &&
    isCount(tokens.cacheWrite1h) &&
    isCount(tokens.reasoning);
  if (!Number.isSafeInteger(perMillion) || !isWhole) {
    return null;
  }
  const rest = perMillion % 1e6;
  return (perMillion - rest) / 1e6 + (rest >= 5e5 ? 1 : 0);
}

function isCount(count: number | null): boolean {
  return count === null || (Number.isInteger(count) && count >= 0);
}

/** Tokens × rate over all buckets, in 1e-9 USD per 1M tokens. Cache writes of unknown lifetime count as 5 minutes. */
function computeTokenCost(rate: Rate, tokens: TokenCounts): bigint {
  return (
    BigInt(tokens.input ?? 0) * scaled(rate.input) +
    BigInt(tokens.output ?? 0) * scaled(rate.output) +
    BigInt(tokens.cacheRead) * scaled(rate.cacheRead) +
    BigInt(tokens.cacheWrite5m + tokens.cacheWrite) * scaled(rate.cacheWrite5m) +
    BigInt(tokens.cacheWrite1h) * scaled(rate.cacheWrite1h)
  );
}

function scaled(usd: number): bigint {
  return BigInt(Math.round(usd * rateScale));
}

function isGapUsed(gap: RateGap, { tokens, webSearches }: UsageRecord): boolean {
  switch (gap) {
    case 'output':
      return (tokens.output ?? 0) > 0;
    case 'cacheWrite1h':
      return tokens.cacheWrite1h > 0;
    case 'webSearch':
      return webSearches > 0;
    case 'otherCharges':
      return true;
  }
}
