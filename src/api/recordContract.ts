/** Single calls in the HTTP interface (docs/http-api.md): in lists, and everything that is kept of one. Types only. */
import type { CostBasis, Rate } from '../core/prices/cost.ts';

/** Answer of `GET /v1/records`. */
export interface Records {
  readonly records: readonly RecordRow[];
}

/** The outline of one stored call, as `/v1/records` and the `record` event give it: no content, no working folder. */
export interface RecordOutline {
  readonly id: string;
  readonly timestamp: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly session_id: string | null;
  readonly task_type: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly cost_usd: number | null;
  readonly cost_basis: CostBasis;
  readonly signal: string;
}

/** A call in a list: its outline and what a timeline shows of it. */
export interface RecordRow extends RecordOutline {
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number | null;
  readonly latency_ms: number | null;
  readonly service_tier: string | null;
  readonly user_id: string | null;
  readonly project: string | null;
  readonly branch: string | null;
  readonly request_id: string | null;
  /** The subagent that made the call; null for the main conversation and where nobody said. */
  readonly subagent: string | null;
  readonly signals: readonly string[];
  readonly observations: number;
}

/** One part of a cost: quantity × rate × factor ÷ per. */
export interface CostPart {
  readonly kind: 'input' | 'output' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'cache_write' | 'web_search';
  /** Tokens, or searches. */
  readonly quantity: number;
  /** USD for so many (`per`: 1,000,000 tokens or 1,000 searches). */
  readonly rate_usd: number;
  readonly per: number;
  /** Product of the rate's factors; 1 for searches, which have none. */
  readonly factor: number;
  /** USD, not rounded: the parts together, rounded to nano-USD, are the call's cost. */
  readonly usd: number;
}

/** One report that made the row. */
export interface RecordObservation {
  readonly signal: string;
  readonly completeness: string;
  /** ISO 8601 in UTC: the time of the call in that report. */
  readonly timestamp: string;
  /** Uncached. */
  readonly input_tokens: number | null;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number | null;
  readonly ids: readonly string[];
}

export interface RecordDetail extends RecordOutline {
  readonly user_id: string | null;
  readonly team: string | null;
  readonly project: string | null;
  readonly branch: string | null;
  readonly folder: string | null;
  readonly plan: 'api' | 'subscription';
  readonly request_id: string | null;
  readonly endpoint: string | null;
  readonly latency_ms: number | null;
  readonly service_tier: string | null;
  readonly speed: string | null;
  readonly inference_geo: string | null;
  readonly web_searches: number;
  /** Disjoint: `cache_write` is what was written for an unknown time; `reasoning` is part of `output`. */
  readonly tokens: {
    readonly input: number | null;
    readonly cache_read: number;
    readonly cache_write_5m: number;
    readonly cache_write_1h: number;
    readonly cache_write: number;
    readonly output: number | null;
    readonly reasoning: number | null;
  };
  readonly completeness: string;
  /** The signals that reported the call, in the order in which they came. */
  readonly signals: readonly string[];
  /** The provider's own amount; when there is one it is the cost. */
  readonly billed_cost_usd: number | null;
  /** The agent's own idea of the cost; in no sum. */
  readonly agent_cost_usd: number | null;
  /**
   * The rate the call was priced with, as it was then; null when it is billed or unpriced. `date` is the day on which the price data
   * was published (ISO); null for the user's own prices.
   */
  readonly rate: (Rate & { readonly date: string | null }) | null;
  /** How the cost comes about; empty without a rate. */
  readonly cost_parts: readonly CostPart[];
  /** The reports that made the row, in the order in which they came. */
  readonly observations: readonly RecordObservation[];
}
