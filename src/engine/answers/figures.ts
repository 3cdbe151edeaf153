import type { Figures, RecordOutline } from '../../api/contract.ts';
import { nanoToUsd } from '../../core/money.ts';
import type { Sums } from '../../core/sums.ts';
import type { StoredCall } from '../../ledger/ledger.ts';

/** Nano-USD as the interface shows it: USD, null for null. */
export function formatCost(nanoUsd: number | null): number | null {
  return nanoUsd === null ? null : nanoToUsd(nanoUsd);
}

/** Sums as the interface shows them. The cost is null, not 0, when nothing in the set has one. */
export function formatFigures(sums: Sums): Figures {
  return {
    requests: sums.requests,
    prompt_tokens: sums.promptTokens,
    completion_tokens: sums.completionTokens,
    cache_read_tokens: sums.cacheReadTokens,
    cache_write_tokens: sums.cacheWriteTokens,
    reasoning_tokens: sums.reasoningTokens,
    cost_usd: formatSpend(sums),
    subscription_cost_usd: sums.subscriptionCostedRequests === 0 ? null : nanoToUsd(sums.subscriptionNanoUsd),
    unpriced_requests: sums.unpricedRequests,
    estimated_requests: sums.estimatedRequests,
    avg_latency_ms: sums.timedRequests === 0 ? null : sums.latencyMs / sums.timedRequests,
  };
}

/** The cost of a set of calls in USD; null when nothing in it has one. */
export function formatSpend(sums: Sums): number | null {
  return sums.costedRequests === 0 ? null : nanoToUsd(sums.costNanoUsd);
}

/** A stored call as the interface shows it. */
export function formatOutline(call: StoredCall): RecordOutline {
  return {
    id: call.id,
    timestamp: new Date(call.timestamp).toISOString(),
    provider: call.provider,
    model: call.model,
    agent: call.agent,
    session_id: call.sessionId,
    task_type: call.taskType,
    prompt_tokens: call.promptTokens,
    completion_tokens: call.completionTokens,
    cost_usd: formatCost(call.costNanoUsd),
    cost_basis: call.costBasis,
    signal: call.signal,
  };
}

/** Dearest first (unknown cost last), then most calls: an order for `sort`. */
export function compareSums(a: Sums, b: Sums): number {
  const cost = (sums: Sums) => (sums.costedRequests === 0 ? -1 : sums.costNanoUsd);
  return cost(b) - cost(a) || b.requests - a.requests;
}
