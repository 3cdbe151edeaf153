/** Answers of the engine for tests: whole and valid, with the figures that matter as parameters. */
import type {
  BudgetStatus,
  EngineState,
  Figures,
  RecordOutline,
  SessionTotals,
  Totals,
} from '../../../src/api/contract.ts';

export function figures(costUsd: number | null, overrides: Partial<Figures> = {}): Figures {
  return {
    requests: 3,
    prompt_tokens: 1000,
    completion_tokens: 500,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    cost_usd: costUsd,
    subscription_cost_usd: null,
    unpriced_requests: 0,
    estimated_requests: 0,
    avg_latency_ms: null,
    ...overrides,
  };
}

export function outline(model: string | null, overrides: Partial<RecordOutline> = {}): RecordOutline {
  return {
    id: 'r1',
    timestamp: '2026-11-22T12:00:00.000Z',
    provider: 'openai',
    model,
    agent: 'codex',
    session_id: 's1',
    task_type: 'chat',
    prompt_tokens: 1000,
    completion_tokens: 500,
    cost_usd: 0.006,
    cost_basis: 'priced',
    signal: 'usage',
    ...overrides,
  };
}

export function totals(overrides: Partial<Totals> = {}): Totals {
  return {
    today: figures(1.23),
    week: figures(4.5),
    month: figures(12),
    top_models: [{ model: 'gpt-4.1', ...figures(1.23) }],
    unpriced_models: [],
    last_record: outline('gpt-4.1'),
    sessions: [],
    budget: { spent_usd: 1.23, limit_usd: 5, remaining_usd: 3.77, state: 'ok', crossed: [] },
    budgets: [budgetStatus()],
    burn: { usd_per_hour: 0.6, last_5_minutes_usd: 0.05, usual_usd_per_hour: null },
    ...overrides,
  };
}

export function engineState(overrides: Partial<EngineState> = {}): EngineState {
  return { version: '0.1.0', pid: 42, url: 'http://127.0.0.1:43117', displaced_port: null, warnings: [], ...overrides };
}

/** A session whose last call was at noon. */
export function session(id: string, costUsd: number | null, agents: readonly string[] = ['codex']): SessionTotals {
  return { session_id: id, agents, last_record: '2026-11-22T12:00:00.000Z', ...figures(costUsd) };
}

export function budgetStatus(overrides: Partial<BudgetStatus> = {}): BudgetStatus {
  return {
    name: 'daily',
    period: 'day',
    scope: 'workspace',
    spent_usd: 1.23,
    limit_usd: 5,
    remaining_usd: 3.77,
    state: 'ok',
    crossed: [],
    enforce: 'off',
    forecast_usd: null,
    forecast_days: null,
    resets_at: '2026-11-23T00:00:00.000Z',
    allowed_until: null,
    session_id: null,
    ...overrides,
  };
}
