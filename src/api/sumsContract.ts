/** Sums over calls in the HTTP interface (docs/http-api.md). Types only, and the names of the periods. */
import type { GroupKey } from '../core/sums.ts';

export type { GroupKey };

export const summaryPeriods = ['today', 'week', 'month', '7d', '30d'] as const;

export type SummaryPeriod = (typeof summaryPeriods)[number];

/** Sums over a set of calls. Tokens are counts, cost is USD (null when nothing in the set is priced), latency is ms. */
export interface Figures {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_usd: number | null;
  /** The part of `cost_usd` that subscriptions pay for, at list price; the rest is spend. Null when no call on one has a price. */
  readonly subscription_cost_usd: number | null;
  readonly unpriced_requests: number;
  /** Calls whose cost is an estimate; those that are neither unpriced nor estimated are known exactly. */
  readonly estimated_requests: number;
  readonly avg_latency_ms: number | null;
}

export interface Group extends Figures {
  readonly key: Readonly<Partial<Record<GroupKey, string | null>>>;
}

export interface Summary {
  /** Instants, ISO 8601 in UTC; `to` is exclusive. */
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  readonly groups: readonly Group[];
  /** Calls of the range that no model answered, with the same filter; they are in no other figure. */
  readonly failed_requests: number;
  /** Only with `compare=previous`: the same figures of the range before, as far as this one has come. */
  readonly previous?: { readonly from: string; readonly to: string; readonly total: Figures };
}

/** A session as `GET /v1/sessions` gives it: its figures in the range, and what it did as far as its calls are kept. */
export interface SessionFigures extends Figures {
  readonly session_id: string | null;
  /** First and last call in the range; null where only sums are kept. */
  readonly first_record: string | null;
  readonly last_record: string | null;
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly task_types: readonly string[];
  readonly branches: readonly string[];
}

/** Answer of `GET /v1/sessions`, the latest first. */
export interface Sessions {
  readonly from: string;
  readonly to: string;
  readonly sessions: readonly SessionFigures[];
}
