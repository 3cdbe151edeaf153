import {
  type Completeness,
  cacheWriteTokens,
  completenesses,
  signals,
  type UsageRecord,
} from '../../core/usageRecord.ts';

/** All tokens of a record, for comparing growing partials. */
function totalTokens({ tokens }: UsageRecord): number {
  return (tokens.input ?? 0) + tokens.cacheRead + cacheWriteTokens(tokens) + (tokens.output ?? 0);
}

function rank(completeness: Completeness): number {
  return completenesses.indexOf(completeness);
}

/**
 * Whether `incoming` says more about the call than `current` does: complete before lower bound before estimated; among equals
 * the better signal; of growing partials the largest total. A tie keeps what is there.
 */
export function isBetter(incoming: UsageRecord, current: UsageRecord): boolean {
  const byCompleteness = rank(current.completeness) - rank(incoming.completeness);
  const byTotal = totalTokens(incoming) - totalTokens(current);
  const bySignal = signals.indexOf(current.signal) - signals.indexOf(incoming.signal);
  // Two lower bounds are both true, so the higher one is closer, whoever saw it.
  const order =
    incoming.completeness === 'complete' ? [byCompleteness, bySignal, byTotal] : [byCompleteness, byTotal, bySignal];
  return (order.find(difference => difference !== 0) ?? 0) > 0;
}

/**
 * One record out of two observations of the same call: the better one's figures, and of what describes the call (session, user,
 * task type …) whatever either knows. Ids are united.
 */
export function mergeRecords(current: UsageRecord, incoming: UsageRecord): UsageRecord {
  const [winner, other] = isBetter(incoming, current) ? [incoming, current] : [current, incoming];
  return {
    ids: [...new Set([...current.ids, ...incoming.ids])],
    requestId: winner.requestId ?? other.requestId,
    timestamp: winner.timestamp,
    provider: winner.provider ?? other.provider,
    model: winner.model ?? other.model,
    agent: winner.agent ?? other.agent,
    sessionId: winner.sessionId ?? other.sessionId,
    taskType: winner.taskType ?? other.taskType,
    userId: winner.userId ?? other.userId,
    team: winner.team ?? other.team,
    project: winner.project ?? other.project,
    branch: winner.branch ?? other.branch,
    folder: winner.folder ?? other.folder,
    plan: winner.plan ?? other.plan,
    cwd: winner.cwd ?? other.cwd,
    endpoint: winner.endpoint ?? other.endpoint,
    latencyMs: winner.latencyMs ?? other.latencyMs,
    serviceTier: winner.serviceTier ?? other.serviceTier,
    speed: winner.speed ?? other.speed,
    inferenceGeo: winner.inferenceGeo ?? other.inferenceGeo,
    webSearches: Math.max(winner.webSearches, other.webSearches),
    tokens: { ...winner.tokens, reasoning: winner.tokens.reasoning ?? reasoningWithin(winner, other) },
    completeness: winner.completeness,
    signal: winner.signal,
    billedNanoUsd: winner.billedNanoUsd ?? other.billedNanoUsd,
    agentCostNanoUsd: winner.agentCostNanoUsd ?? other.agentCostNanoUsd,
  };
}

/** The other's reasoning count, where it can be part of the winner's output. */
function reasoningWithin(winner: UsageRecord, other: UsageRecord): number | null {
  const { reasoning } = other.tokens;
  return reasoning !== null && reasoning <= (winner.tokens.output ?? 0) ? reasoning : null;
}

/** Whether two records would be priced alike, so that the cost kept with the row still holds. */
export function isPricedAlike(a: UsageRecord, b: UsageRecord): boolean {
  const relevant = (record: UsageRecord) => {
    const { provider, model, timestamp, serviceTier, speed, inferenceGeo, webSearches, completeness, billedNanoUsd } =
      record;
    return JSON.stringify([
      [provider, model, timestamp, serviceTier, speed, inferenceGeo, webSearches, completeness, billedNanoUsd],
      [record.tokens.input, record.tokens.cacheRead, record.tokens.cacheWrite5m, record.tokens.cacheWrite1h],
      [record.tokens.cacheWrite, record.tokens.output],
    ]);
  };
  return relevant(a) === relevant(b);
}
