import type { Provider } from '../core/provider.ts';
import { parseTimestamp } from '../core/time/time.ts';
import type { Completeness, Signal, TokenCounts, UsageRecord } from '../core/usageRecord.ts';
import { longestLatency, type UsageContext } from './context.ts';
import { UsageError } from './json.ts';

/** What a call says about itself; what it leaves out is taken from the context. */
export interface CallFacts {
  /** The id in the body of the response. */
  readonly id: string | null;
  readonly provider: Provider | null;
  readonly model: string | null;
  /** When the response was made, as it says itself, in any form `parseTimestamp` knows. */
  readonly created?: unknown;
  readonly tokens: TokenCounts;
  readonly completeness: Completeness;
  readonly serviceTier?: string | null;
  readonly speed?: string | null;
  readonly inferenceGeo?: string | null;
  readonly webSearches?: number;
  readonly latencyMs?: number | null;
  /** The provider's own amount, nano-USD. */
  readonly billedNanoUsd?: number | null;
  /** The agent's own idea of the cost, nano-USD. */
  readonly agentCostNanoUsd?: number | null;
}

/** Tiers that mean the standard rate, or that say nothing about the rate (`auto` is a wish, not a tier). */
const standardTiers = new Set(['', 'default', 'standard', 'auto', 'on_demand', 'service_tier_unspecified']);

/** A service tier in lower case; null when it is the standard one or unsaid. */
export function normalizeTier(tier: string | null | undefined): string | null {
  const name = tier?.trim().toLowerCase() ?? '';
  return standardTiers.has(name) ? null : name;
}

/**
 * The record of a call. The ids are the request id of the context, the response's own id and the idempotency key; the first of the
 * two that is there is shown. Time: the context's, else the response's own, else arrival. Throws `UsageError` when the context and
 * the response name different amounts.
 */
export function buildRecord(facts: CallFacts, context: UsageContext, receivedAt: number, signal: Signal): UsageRecord {
  const billed = facts.billedNanoUsd ?? null;
  if (billed !== null && context.billedNanoUsd !== undefined && billed !== context.billedNanoUsd) {
    throw new UsageError('cost_usd', 'cost_usd is not the amount that the response names.');
  }
  const requestId = context.requestId ?? facts.id;
  return {
    ids: distinct([context.requestId, facts.id, context.idempotencyKey]),
    requestId: requestId ?? null,
    timestamp: context.timestamp ?? creationTime(facts.created) ?? receivedAt,
    provider: facts.provider,
    model: facts.model ?? context.model ?? null,
    agent: context.agent ?? null,
    sessionId: context.sessionId ?? null,
    taskType: context.taskType ?? null,
    userId: context.userId ?? null,
    team: context.team ?? null,
    project: context.project ?? null,
    branch: context.branch ?? null,
    folder: null,
    plan: null,
    cwd: context.cwd ?? null,
    endpoint: context.endpoint ?? null,
    latencyMs: roundLatency(context.latencyMs ?? facts.latencyMs),
    serviceTier: normalizeTier(facts.serviceTier) ?? normalizeTier(context.serviceTier),
    speed: facts.speed ?? null,
    inferenceGeo: facts.inferenceGeo ?? null,
    webSearches: facts.webSearches ?? 0,
    tokens: facts.tokens,
    completeness: facts.completeness,
    signal,
    billedNanoUsd: billed ?? context.billedNanoUsd ?? null,
    agentCostNanoUsd: facts.agentCostNanoUsd ?? null,
  };
}

/**
 * A further row of the same call, for another model that was billed with it. Its ids are those of the call with the model behind
 * them, so that the rows of one call never merge and a repeat of the call still finds each. Latency, searches and the agent's
 * own cost stay with the first row. `billedNanoUsd` is 0 where the amount of the first row covers the whole call, else null.
 */
export function buildSideRecord(
  main: UsageRecord,
  model: string | null,
  tokens: TokenCounts,
  billedNanoUsd: 0 | null,
): UsageRecord {
  const suffix = `#${model ?? 'unknown'}`;
  return {
    ...main,
    ids: main.ids.map(id => id + suffix),
    requestId: main.requestId === null ? null : main.requestId + suffix,
    model,
    tokens,
    speed: null,
    webSearches: 0,
    latencyMs: null,
    billedNanoUsd,
    agentCostNanoUsd: null,
  };
}

/** A context for call `index` of several: ids that were given for all of them must not join them. */
export function contextOfCall(context: UsageContext, index: number): UsageContext {
  if (context.requestId === undefined && context.idempotencyKey === undefined) {
    return context;
  }
  const numbered = (id: string | undefined) => (id === undefined ? undefined : `${id}#${index}`);
  return { ...context, requestId: numbered(context.requestId), idempotencyKey: numbered(context.idempotencyKey) };
}

function distinct(ids: readonly (string | null | undefined)[]): string[] {
  const found: string[] = [];
  for (const id of ids) {
    if (id && !found.includes(id)) {
      found.push(id);
    }
  }
  return found;
}

/** Some servers send 0 for "unknown"; a creation time that can't be read is no reason to lose the call. */
function creationTime(created: unknown): number | null {
  return created === undefined || created === null || created === 0 ? null : parseTimestamp(created);
}

/** Sums of latencies are integers; a fraction of a ms says nothing about a model call. */
function roundLatency(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined || ms > longestLatency ? null : Math.round(ms);
}
