import type { CostBasis } from '../../core/prices/cost.ts';
import type { Completeness, Plan, Signal } from '../../core/usageRecord.ts';
import { formatCallId } from '../joining/callId.ts';
import { type CallRow, parseRate } from './change.ts';
import type { SqlValue } from './database.ts';
import type { CallNumbers } from './dimensions.ts';

/** The columns of `call` beside its place, in the order in which {@link formatCall} gives their values. */
export const callColumns = [
  ...['facet', 'manner', 'session', 'input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'cache_write', 'output'],
  ...['reasoning', 'cost_nano_usd', 'billed_nano_usd', 'request_id', 'latency_ms', 'web_searches', 'observations'],
  'agent_cost_nano_usd',
] as const;

/** A call with the values its numbers stand for. */
export const selectCall = `SELECT c.*, s.name AS session_id, f.provider, f.model, f.agent, f.task_type, f.user_id, f.team,
  f.project, f.branch, f.folder, f.plan, m.endpoint, m.service_tier, m.speed, m.inference_geo, m.completeness, m.signal, m.signals,
  m.cost_basis, m.rate
  FROM call c JOIN facet f ON f.id = c.facet JOIN manner m ON m.id = c.manner LEFT JOIN session s ON s.id = c.session`;

/** A row of {@link selectCall}. */
export interface SelectedCall {
  timestamp: number;
  n: number;
  provider: string | null;
  model: string | null;
  agent: string | null;
  session_id: string | null;
  task_type: string | null;
  user_id: string | null;
  team: string | null;
  project: string | null;
  branch: string | null;
  folder: string | null;
  plan: Plan | null;
  input: number | null;
  cache_read: number;
  cache_write_5m: number;
  cache_write_1h: number;
  cache_write: number;
  output: number | null;
  reasoning: number | null;
  cost_nano_usd: number | null;
  cost_basis: CostBasis;
  rate: string | null;
  billed_nano_usd: number | null;
  request_id: string | null;
  endpoint: string | null;
  latency_ms: number | null;
  service_tier: string | null;
  speed: string | null;
  inference_geo: string | null;
  web_searches: number;
  completeness: Completeness;
  signal: Signal;
  signals: string;
  observations: number;
  agent_cost_nano_usd: number | null;
}

/** The values of {@link callColumns} for a row. */
export function formatCall(row: CallRow, { facet, manner, session }: CallNumbers): SqlValue[] {
  const { record, cost, observations } = row;
  const { tokens } = record;
  return [
    ...[facet, manner, session],
    ...[tokens.input, tokens.cacheRead, tokens.cacheWrite5m, tokens.cacheWrite1h, tokens.cacheWrite, tokens.output],
    ...[tokens.reasoning, cost.nanoUsd, record.billedNanoUsd, record.requestId, record.latencyMs, record.webSearches],
    observations,
    record.agentCostNanoUsd,
  ];
}

/** A row as it was put, of the ledger with that name. */
export function parseCall(ledger: string, row: SelectedCall): CallRow {
  return {
    id: formatCallId(ledger, row),
    record: {
      ids: [],
      requestId: row.request_id,
      timestamp: row.timestamp,
      provider: row.provider,
      model: row.model,
      agent: row.agent,
      sessionId: row.session_id,
      taskType: row.task_type,
      userId: row.user_id,
      team: row.team,
      project: row.project,
      branch: row.branch,
      folder: row.folder,
      plan: row.plan,
      cwd: null,
      endpoint: row.endpoint,
      latencyMs: row.latency_ms,
      serviceTier: row.service_tier,
      speed: row.speed,
      inferenceGeo: row.inference_geo,
      webSearches: row.web_searches,
      tokens: {
        input: row.input,
        cacheRead: row.cache_read,
        cacheWrite5m: row.cache_write_5m,
        cacheWrite1h: row.cache_write_1h,
        cacheWrite: row.cache_write,
        output: row.output,
        reasoning: row.reasoning,
      },
      completeness: row.completeness,
      signal: row.signal,
      billedNanoUsd: row.billed_nano_usd,
      agentCostNanoUsd: row.agent_cost_nano_usd,
    },
    cost: {
      nanoUsd: row.cost_nano_usd,
      basis: row.cost_basis,
      rate: row.rate === null ? null : parseRate(JSON.parse(row.rate)),
    },
    signals: row.signals.split(',') as Signal[],
    observations: row.observations,
  };
}
