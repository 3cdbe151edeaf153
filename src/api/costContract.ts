/** What costs are made of in the HTTP interface (docs/http-api.md). Types only. */
import type { CostBasis } from '../core/prices/cost.ts';
import type { Group } from './sumsContract.ts';

/** What a cost is made of. USD; the parts add up to `cost_usd`. */
export interface CostFigures {
  readonly requests: number;
  /** Null when nothing in the set has a cost. */
  readonly cost_usd: number | null;
  /** Uncached input. */
  readonly input_usd: number;
  readonly cache_read_usd: number;
  readonly cache_write_usd: number;
  /** Reasoning included. */
  readonly output_usd: number;
  readonly web_search_usd: number;
  /** Billed as a whole, kept by retention as a sum only, or left over by rounding each call. */
  readonly unsplit_usd: number;
  /** What caching saved against the input's rate, cache writes taken off; null where no call has a rate. */
  readonly cache_savings_usd: number | null;
  readonly billed_requests: number;
  readonly priced_requests: number;
  readonly estimated_requests: number;
  readonly unpriced_requests: number;
  /** Calls of which retention kept only sums: how their cost is known was not kept. */
  readonly undetailed_requests: number;
}

/** A rate in USD per 1M tokens, as it is kept with the calls it priced. */
export interface RateAnswer {
  readonly input: number;
  readonly output: number;
  readonly cache_read: number;
  readonly cache_write_5m: number;
  readonly cache_write_1h: number;
  /** USD per 1,000 searches. */
  readonly web_search: number;
  /** `settings:<pattern>` or `genai-prices@<version>:<provider>/<model>`. */
  readonly source: string;
  /** When the price data was published, an ISO day; null for the user's own prices. */
  readonly date: string | null;
  /** The smallest prompt this long-context tier holds for, tokens; null for the base rate. */
  readonly tier_from: number | null;
  /** What the token rates are multiplied by, by name. */
  readonly factors: Readonly<Record<string, number>>;
}

/** Calls of one model that were priced alike. */
export interface RatedCalls extends Omit<CostFigures, `${string}_requests`> {
  readonly provider: string | null;
  readonly model: string | null;
  readonly cost_basis: CostBasis;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  /** The ways these calls reached us, as merged. */
  readonly signals: readonly string[];
  /** Reports that made them: more than `requests` where reports of one call were merged. */
  readonly observations: number;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_5m_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly web_searches: number;
  /** Null for calls that were billed or have no rate. */
  readonly rate: RateAnswer | null;
}

/** Answer of `GET /v1/costs`. */
export interface Costs {
  readonly from: string;
  readonly to: string;
  readonly total: CostFigures;
  /** By stretches of time, in order. */
  readonly groups: readonly (CostFigures & { readonly key: Group['key'] })[];
  /** Dearest first. */
  readonly rates: readonly RatedCalls[];
}
