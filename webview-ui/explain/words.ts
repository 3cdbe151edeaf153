/** Words for what an explanation shows: where a rate comes from, how a cost is known, how reports came. */
import type { CostBasis } from '../../src/core/prices/cost.ts';
import { formatCount, formatDays, formatUsdPrecise, plural } from '../format.ts';
import { fill, texts } from '../texts.ts';

export const basisTexts: Readonly<Record<CostBasis, string>> = {
  billed: texts.basisBilled,
  priced: texts.basisPriced,
  estimated: texts.basisEstimated,
  unpriced: texts.basisUnpriced,
};

export const formulaTexts: Readonly<Record<CostBasis, string>> = {
  billed: texts.formulaBilled,
  priced: texts.formula,
  estimated: texts.formulaEstimated,
  unpriced: texts.formulaUnpriced,
};

/** "your setting gpt-x*", "price data genai-prices@0.1.8 of Sep 23, 2026 for openai/gpt-4.1". `date` is an ISO day. */
export function formatSource({ source, date }: { readonly source: string; readonly date: string | null }): string {
  const at = source.indexOf(':');
  const [origin, name] = [source.slice(0, at), source.slice(at + 1)];
  if (at < 0) {
    return source;
  }
  if (origin === 'settings') {
    return fill(texts.sourceSettings, name);
  }
  return date === null
    ? fill(texts.sourceBook, origin, name)
    : fill(texts.sourceDatedBook, origin, formatDays(date, date), name);
}

/** The tier a rate belongs to: the provider's, its factors, and the length of prompt from which it holds. */
export function formatTier(
  tiers: readonly (string | null)[],
  factors: Readonly<Record<string, number>>,
  tierFrom: number | null,
): string {
  const named = tiers.filter(tier => tier !== null && tier !== '');
  const factored = Object.entries(factors).map(([name, factor]) => `${name} × ${factor}`);
  const long = tierFrom === null ? [] : [fill(texts.rateTierFrom, formatCount(tierFrom))];
  return (
    [...new Set([...factored, ...named.filter(name => !(name && name in factors)), ...long])].join(', ') ||
    texts.rateBase
  );
}

/** "60,000 × $2.00" of a count and its rate per million. */
export function formatProduct(quantity: number, usd: number): string {
  return fill(texts.ratePerMillion, formatCount(quantity), formatUsdPrecise(usd));
}

/** The signals of a row and, where several reports made it, how many. */
export function formatMerged(signals: readonly string[], observations: number, requests: number): string {
  const ways = signals.join(', ');
  return observations > requests
    ? `${ways} (${plural(observations, texts.mergedOne, texts.mergedOther, formatCount(requests))})`
    : ways;
}
