/**
 * What calls can be grouped by (docs/http-api.md, "Summary"). `hour`, `day`, `week` (by its Monday) and `month` are the zone's;
 * `plan` is never null.
 */
export const groupKeys = [
  'provider',
  'model',
  'agent',
  'session_id',
  'task_type',
  'user_id',
  'team',
  'project',
  'branch',
  'folder',
  'plan',
  'day',
  'hour',
  'week',
  'month',
] as const;
export type GroupKey = (typeof groupKeys)[number];

/** Sums over a set of calls. Integers throughout: tokens, nano-USD, ms. */
export interface Sums {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly costNanoUsd: number;
  /** Calls whose cost is known in any way; when 0 the cost of the set is unknown, not zero. */
  readonly costedRequests: number;
  readonly unpricedRequests: number;
  /** The part of `costNanoUsd` that subscriptions pay for: what those calls would have cost. The rest is spend. */
  readonly subscriptionNanoUsd: number;
  /** The part of `costedRequests` that subscriptions pay for. */
  readonly subscriptionCostedRequests: number;
  /** Calls whose cost is estimated: tokens were estimated or are a lower bound, or the rate has a gap. */
  readonly estimatedRequests: number;
  readonly latencyMs: number;
  /** Calls with a latency. */
  readonly timedRequests: number;
}

export interface GroupSums {
  readonly key: Readonly<Partial<Record<GroupKey, string | null>>>;
  readonly sums: Sums;
}

/** A half-open range of instants, epoch ms, UTC. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The sums of no calls. */
export const noSums: Sums = {
  requests: 0,
  promptTokens: 0,
  completionTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 0,
  costedRequests: 0,
  unpricedRequests: 0,
  subscriptionNanoUsd: 0,
  subscriptionCostedRequests: 0,
  estimatedRequests: 0,
  latencyMs: 0,
  timedRequests: 0,
};

/** `a` and `b` together; with `sign` -1 what is left of `a` without `b`. */
export function addSums(a: Sums, b: Sums, sign: 1 | -1 = 1): Sums {
  // Written out: after every call the sums of several ranges follow it.
  return {
    requests: a.requests + sign * b.requests,
    promptTokens: a.promptTokens + sign * b.promptTokens,
    completionTokens: a.completionTokens + sign * b.completionTokens,
    cacheReadTokens: a.cacheReadTokens + sign * b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + sign * b.cacheWriteTokens,
    reasoningTokens: a.reasoningTokens + sign * b.reasoningTokens,
    costNanoUsd: a.costNanoUsd + sign * b.costNanoUsd,
    costedRequests: a.costedRequests + sign * b.costedRequests,
    unpricedRequests: a.unpricedRequests + sign * b.unpricedRequests,
    subscriptionNanoUsd: a.subscriptionNanoUsd + sign * b.subscriptionNanoUsd,
    subscriptionCostedRequests: a.subscriptionCostedRequests + sign * b.subscriptionCostedRequests,
    estimatedRequests: a.estimatedRequests + sign * b.estimatedRequests,
    latencyMs: a.latencyMs + sign * b.latencyMs,
    timedRequests: a.timedRequests + sign * b.timedRequests,
  };
}
