import type { CostPart, RecordDetail, RecordObservation } from '../../api/recordContract.ts';
import { dateOfSource } from '../../core/prices/catalogueDate.ts';
import { listPricedParts, type PricedPart, usdOfPart } from '../../core/prices/pricedParts.ts';
import type { Observation } from '../../ledger/joining/observations.ts';
import { toStoredCall } from '../../ledger/storedCall.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import { formatCost, formatOutline } from './figures.ts';

const partKinds: Record<PricedPart['kind'], CostPart['kind']> = {
  input: 'input',
  output: 'output',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write_5m',
  cacheWrite1h: 'cache_write_1h',
  cacheWrite: 'cache_write',
  webSearch: 'web_search',
};

/** Everything that is kept of a call, as the interface shows it. */
export function formatDetail(row: CallRow, observations: readonly Observation[]): RecordDetail {
  const { record, cost } = row;
  const { tokens } = record;
  return {
    ...formatOutline(toStoredCall(row)),
    user_id: record.userId,
    team: record.team,
    project: record.project,
    branch: record.branch,
    folder: record.folder,
    plan: record.plan ?? 'api',
    request_id: record.requestId,
    endpoint: record.endpoint,
    latency_ms: record.latencyMs,
    service_tier: record.serviceTier,
    speed: record.speed,
    inference_geo: record.inferenceGeo,
    web_searches: record.webSearches,
    tokens: {
      input: tokens.input,
      cache_read: tokens.cacheRead,
      cache_write_5m: tokens.cacheWrite5m,
      cache_write_1h: tokens.cacheWrite1h,
      cache_write: tokens.cacheWrite,
      output: tokens.output,
      reasoning: tokens.reasoning,
    },
    completeness: record.completeness,
    signals: row.signals,
    billed_cost_usd: formatCost(record.billedNanoUsd),
    agent_cost_usd: formatCost(record.agentCostNanoUsd),
    rate: cost.rate && { ...cost.rate, date: dateOfSource(cost.rate.source) },
    cost_parts: cost.rate ? listPricedParts(tokens, record.webSearches, cost.rate).map(formatPart) : [],
    observations: observations.map(formatObservation),
  };
}

function formatPart(part: PricedPart): CostPart {
  const { quantity, rateUsd, per, factor } = part;
  return { kind: partKinds[part.kind], quantity, rate_usd: rateUsd, per, factor, usd: usdOfPart(part) };
}

function formatObservation(seen: Observation): RecordObservation {
  return {
    signal: seen.signal,
    completeness: seen.completeness,
    timestamp: new Date(seen.timestamp).toISOString(),
    input_tokens: seen.inputTokens,
    cache_read_tokens: seen.cacheReadTokens,
    cache_write_tokens: seen.cacheWriteTokens,
    output_tokens: seen.outputTokens,
    ids: seen.ids,
  };
}
