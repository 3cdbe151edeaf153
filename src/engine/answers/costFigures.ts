import type { CostFigures, RateAnswer, RatedCalls } from '../../api/contract.ts';
import { nanoToUsd } from '../../core/money.ts';
import { dateOfSource } from '../../core/prices/catalogueDate.ts';
import type { CostBasis, Rate } from '../../core/prices/cost.ts';
import {
  addParts,
  type CostParts,
  computeCacheSavings,
  noParts,
  type RateSums,
  splitCost,
} from '../../core/prices/costParts.ts';
import type { Sums } from '../../core/sums.ts';
import { formatSpend } from './figures.ts';

/** What the cost of a set of calls is made of; `sums` are those of the same set, with what retention kept as sums only. */
export function formatCostFigures(sums: Sums, rates: readonly RateSums[]): CostFigures {
  const parts = rates.reduce((total, each) => addParts(total, splitCost(each)), noParts);
  const known = rates.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);
  const count = (basis: CostBasis) =>
    rates.reduce((total, each) => total + (each.basis === basis ? each.requests : 0), 0);
  const detailed = rates.reduce((total, { requests }) => total + requests, 0);
  return {
    requests: sums.requests,
    cost_usd: formatSpend(sums),
    ...formatParts({ ...parts, unsplit: parts.unsplit + sums.costNanoUsd - known }),
    cache_savings_usd: formatSavings(rates),
    billed_requests: count('billed'),
    priced_requests: count('priced'),
    estimated_requests: count('estimated'),
    unpriced_requests: sums.unpricedRequests,
    undetailed_requests: Math.max(0, sums.requests - detailed),
  };
}

/** Calls that were priced alike as the interface shows them. */
export function formatRatedCalls(rates: RateSums): RatedCalls {
  const { tokens } = rates;
  return {
    provider: rates.provider,
    model: rates.model,
    cost_basis: rates.basis,
    service_tier: rates.serviceTier,
    speed: rates.speed,
    inference_geo: rates.inferenceGeo,
    signals: rates.signals,
    requests: rates.requests,
    observations: rates.observations,
    cost_usd: rates.basis === 'unpriced' ? null : nanoToUsd(rates.costNanoUsd),
    ...formatParts(splitCost(rates)),
    cache_savings_usd: formatSavings([rates]),
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cacheRead,
    cache_write_5m_tokens: tokens.cacheWrite5m + tokens.cacheWrite,
    cache_write_1h_tokens: tokens.cacheWrite1h,
    output_tokens: tokens.output,
    reasoning_tokens: tokens.reasoning,
    web_searches: rates.webSearches,
    rate: rates.rate && formatRate(rates.rate),
  };
}

/** A rate as the interface shows it. */
export function formatRate(rate: Rate): RateAnswer {
  return {
    input: rate.input,
    output: rate.output,
    cache_read: rate.cacheRead,
    cache_write_5m: rate.cacheWrite5m,
    cache_write_1h: rate.cacheWrite1h,
    web_search: rate.webSearch,
    source: rate.source,
    date: dateOfSource(rate.source),
    tier_from: rate.tierFrom,
    factors: rate.factors,
  };
}

function formatParts(parts: CostParts) {
  return {
    input_usd: nanoToUsd(parts.input),
    cache_read_usd: nanoToUsd(parts.cacheRead),
    cache_write_usd: nanoToUsd(parts.cacheWrite),
    output_usd: nanoToUsd(parts.output),
    web_search_usd: nanoToUsd(parts.webSearch),
    unsplit_usd: nanoToUsd(parts.unsplit),
  };
}

function formatSavings(rates: readonly RateSums[]): number | null {
  const savings = rates.map(computeCacheSavings).filter(saved => saved !== null);
  return savings.length === 0 ? null : nanoToUsd(savings.reduce((sum, saved) => sum + saved, 0));
}
