import type { ModelInfo, ModelPrice, TieredPrices } from '@pydantic/genai-prices';

const dayMs = 86_400_000;

/**
 * The prices of a model at an instant (epoch ms). An entry with a start date opens a period; entries by time of day (UTC)
 * belong to the period they stand in, and the last that holds wins. The library itself lets them reach back before the
 * period: it would price DeepSeek V4 at peak rates months before these existed.
 */
export function pricesAt(model: ModelInfo, timestamp: number): ModelPrice {
  if (!Array.isArray(model.prices)) {
    return model.prices;
  }
  let prices: ModelPrice = model.prices[0]?.prices ?? {};
  let started = true;
  for (const { constraint, prices: candidate } of model.prices) {
    if (constraint?.type === 'time_of_date') {
      if (started && isInTimeOfDay(constraint.start_time, constraint.end_time, timestamp)) {
        prices = candidate;
      }
    } else {
      started = constraint === undefined || timestamp >= Date.parse(constraint.start_date);
      prices = started ? candidate : prices;
    }
  }
  return prices;
}

/**
 * The price that holds for a prompt of so many tokens, cache included, and the smallest prompt it holds for. A tier counts
 * for the whole request, from one token above its `start` (the library's rule: `tokens > start`; OpenAI's are written 271999).
 */
export function priceFor(
  price: number | TieredPrices | undefined,
  promptTokens: number,
): { readonly usd: number; readonly from: number | null } | null {
  if (price === undefined || typeof price === 'number') {
    return price === undefined ? null : { usd: price, from: null };
  }
  const reached = price.tiers.filter(tier => promptTokens > tier.start).sort((a, b) => b.start - a.start)[0];
  return reached ? { usd: reached.price, from: reached.start + 1 } : { usd: price.base, from: null };
}

/** Whether the instant is in a half-open range of the UTC day, which may reach over midnight. */
function isInTimeOfDay(start: string, end: string, timestamp: number): boolean {
  const [from, to, time] = [Date.parse(`1970-01-01T${start}`), Date.parse(`1970-01-01T${end}`), timestamp].map(
    instant => ((instant % dayMs) + dayMs) % dayMs,
  ) as [number, number, number];
  return to < from ? time >= from || time < to : time >= from && time < to;
}
