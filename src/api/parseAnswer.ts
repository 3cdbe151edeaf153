/**
 * The border between the wire and the typed inside of a window. The engine is ours, but the port may be anyone's, so every
 * answer is looked at for the parts the window relies on; what an object holds besides is left alone.
 */

import type { AgentsAnswer, TestAnswer } from './connectContract.ts';
import type {
  BudgetAnswer,
  BudgetList,
  Costs,
  DeletionAnswer,
  Diagnostics,
  EngineState,
  Figures,
  Health,
  Notice,
  Problem,
  RecordOutline,
  Records,
  Sessions,
  Summary,
  Totals,
  WindowAnswer,
} from './contract.ts';
import type { RecordDetail } from './recordContract.ts';
import type { TeamAnswer } from './teamContract.ts';

type Json = Readonly<Record<string, unknown>>;

/** Thrown by every parser here: the answer is not what the contract says. */
export class UnexpectedAnswerError extends Error {
  constructor(what: string) {
    super(`The answer is not the engine's: ${what}.`);
    this.name = 'UnexpectedAnswerError';
  }
}

export function parseHealth(value: unknown): Health {
  const health = parseObject(value, 'health');
  requireThat(health.status === 'ok', 'health.status');
  requireStrings(health, ['version'], 'health');
  return value as Health;
}

export function parseSummary(value: unknown): Summary {
  const summary = parseObject(value, 'summary');
  requireStrings(summary, ['from', 'to'], 'summary');
  requireFigures(summary.total, 'summary.total');
  requireThat(Array.isArray(summary.groups), 'summary.groups');
  for (const group of summary.groups as unknown[]) {
    parseObject(parseObject(group, 'summary.groups').key, 'summary.groups.key');
    requireFigures(group, 'summary.groups');
  }
  return value as Summary;
}

export function parseTeam(value: unknown): TeamAnswer {
  const { budgets } = parseSummary(value) as unknown as Json;
  for (const budget of parseList(budgets, 'team.budgets')) {
    requireStrings(budget, ['name', 'period'], 'team.budgets');
    requireThat(typeof budget.limit_usd === 'number' && typeof budget.spent_usd === 'number', 'team.budgets');
  }
  return value as TeamAnswer;
}

export function parseAgents(value: unknown): AgentsAnswer {
  for (const agent of parseList(parseObject(value, 'agents').agents, 'agents')) {
    requireStrings(agent, ['agent', 'last_record'], 'agents');
  }
  return value as AgentsAnswer;
}

/** The answer to a test record. */
export function parseTestAnswer(value: unknown): TestAnswer {
  const answer = parseObject(value, 'test');
  requireThat(answer.test === true, 'test.test');
  for (const record of parseList(answer.records, 'test.records')) {
    requireThat(isNullOr(record.agent, 'string') && isNullOr(record.model, 'string'), 'test.records');
  }
  for (const rejected of parseList(answer.rejected, 'test.rejected')) {
    requireStrings(rejected, ['error'], 'test.rejected');
  }
  return value as TestAnswer;
}

export function parseCosts(value: unknown): Costs {
  const costs = parseObject(value, 'costs');
  requireStrings(costs, ['from', 'to'], 'costs');
  requireCosts(costs.total, 'costs.total');
  for (const group of parseList(costs.groups, 'costs.groups')) {
    parseObject(group.key, 'costs.groups.key');
    requireCosts(group, 'costs.groups');
  }
  for (const rates of parseList(costs.rates, 'costs.rates')) {
    requireThat(typeof rates.cost_basis === 'string' && typeof rates.requests === 'number', 'costs.rates');
    requireThat(isArrayOf(rates.signals, 'string'), 'costs.rates.signals');
  }
  return value as Costs;
}

export function parseSessions(value: unknown): Sessions {
  const answer = parseObject(value, 'sessions');
  requireStrings(answer, ['from', 'to'], 'sessions');
  for (const session of parseList(answer.sessions, 'sessions')) {
    requireThat(isNullOr(session.session_id, 'string'), 'sessions.session_id');
    for (const list of ['agents', 'models', 'task_types', 'branches']) {
      requireThat(isArrayOf(session[list], 'string'), `sessions.${list}`);
    }
    requireFigures(session, 'sessions');
  }
  return value as Sessions;
}

export function parseRecords(value: unknown): Records {
  for (const record of parseList(parseObject(value, 'records').records, 'records')) {
    parseRecordOutline(record);
    requireThat(isArrayOf(record.signals, 'string'), 'records.signals');
  }
  return value as Records;
}

function requireCosts(value: unknown, what: string): void {
  const costs = parseObject(value, what);
  for (const key of ['requests', 'input_usd', 'output_usd', 'cache_read_usd', 'unsplit_usd', 'undetailed_requests']) {
    requireThat(typeof costs[key] === 'number', `${what}.${key}`);
  }
  requireThat(isNullOr(costs.cost_usd, 'number') && isNullOr(costs.cache_savings_usd, 'number'), what);
}

export function parseDeletion(value: unknown): DeletionAnswer {
  requireFigures(parseObject(value, 'deletion').deleted, 'deletion.deleted');
  return value as DeletionAnswer;
}

export function parseTotals(value: unknown): Totals {
  const totals = parseObject(value, 'totals');
  for (const period of ['today', 'week', 'month'] as const) {
    requireFigures(totals[period], `totals.${period}`);
  }
  requireThat(Array.isArray(totals.top_models), 'totals.top_models');
  for (const model of totals.top_models as unknown[]) {
    requireThat(isNullOr(parseObject(model, 'totals.top_models').model, 'string'), 'totals.top_models');
    requireFigures(model, 'totals.top_models');
  }
  requireThat(isArrayOf(totals.unpriced_models, 'string'), 'totals.unpriced_models');
  if (totals.last_record !== null) {
    parseRecordOutline(totals.last_record);
  }
  const budget = parseBudget(totals.budget);
  requireThat(isArrayOf((budget as unknown as Json).crossed, 'number'), 'totals.budget.crossed');
  requireThat(Array.isArray(totals.budgets), 'totals.budgets');
  for (const entry of totals.budgets as unknown[]) {
    requireStrings(parseBudget(entry) as unknown as Json, ['name', 'period', 'scope', 'enforce'], 'totals.budgets');
    requireThat(isArrayOf((entry as Json).crossed, 'number'), 'totals.budgets.crossed');
  }
  if (totals.burn !== null) {
    requireThat(typeof parseObject(totals.burn, 'totals.burn').usd_per_hour === 'number', 'totals.burn');
  }
  return value as Totals;
}

export function parseBudgetList(value: unknown): BudgetList {
  const { budgets } = parseObject(value, 'budgets');
  requireThat(Array.isArray(budgets), 'budgets');
  for (const budget of budgets as unknown[]) {
    requireStrings(parseBudget(budget) as unknown as Json, ['name', 'period', 'scope'], 'budgets');
    const { history } = budget as Json;
    requireThat(Array.isArray(history), 'budgets.history');
    for (const spend of history as unknown[]) {
      requireStrings(parseObject(spend, 'budgets.history'), ['from', 'to'], 'budgets.history');
      requireThat(isNumber((spend as Json).spent_usd) && isNumber((spend as Json).limit_usd), 'budgets.history');
    }
  }
  return value as BudgetList;
}

export function parseEngineState(value: unknown): EngineState {
  const state = parseObject(value, 'engine');
  requireStrings(state, ['version', 'url'], 'engine');
  requireThat(typeof state.pid === 'number' && isNullOr(state.displaced_port, 'number'), 'engine');
  requireThat(isArrayOf(state.warnings, 'string'), 'engine.warnings');
  requireThat(state.alerts === undefined || isArrayOf(state.alerts, 'string'), 'engine.alerts');
  return value as EngineState;
}

export function parseRecordOutline(value: unknown): RecordOutline {
  const record = parseObject(value, 'record');
  requireStrings(record, ['id', 'timestamp', 'cost_basis', 'signal'], 'record');
  requireThat(isNullOr(record.model, 'string') && isNullOr(record.cost_usd, 'number'), 'record');
  return value as RecordOutline;
}

export function parseRecordDetail(value: unknown): RecordDetail {
  parseRecordOutline(value);
  const record = value as Json;
  requireStrings(record, ['plan', 'completeness'], 'record');
  requireThat(
    (record.rate === null || typeof record.rate === 'object') && isArrayOf(record.signals, 'string'),
    'record',
  );
  parseObject(record.tokens, 'record.tokens');
  for (const part of parseList(record.cost_parts, 'record.cost_parts')) {
    requireThat(typeof part.kind === 'string' && typeof part.usd === 'number', 'record.cost_parts');
  }
  for (const seen of parseList(record.observations, 'record.observations')) {
    requireStrings(seen, ['signal', 'completeness', 'timestamp'], 'record.observations');
    requireThat(isArrayOf(seen.ids, 'string'), 'record.observations.ids');
  }
  return value as RecordDetail;
}

export function parseNotice(value: unknown): Notice {
  const notice = parseObject(value, 'notice');
  requireStrings(notice, ['id'], 'notice');
  requireThat(Array.isArray(notice.also), 'notice.also');
  for (const item of [notice, ...(notice.also as unknown[])]) {
    const { kind, budget, threshold, spent_usd: spent, limit_usd: limit, times } = parseObject(item, 'notice');
    const isWhole =
      kind === 'budget' ? [threshold, limit].every(isNumber) && typeof budget === 'string' : isNumber(times);
    requireThat(isWhole && isNumber(spent) && (kind === 'budget' || kind === 'runaway'), 'notice');
  }
  return value as Notice;
}

export function parseWindowAnswer(value: unknown): WindowAnswer {
  const answer = parseObject(value, 'window');
  requireStrings(answer, ['url', 'token', 'storage', 'machine_token'], 'window');
  return value as WindowAnswer;
}

export function parseDiagnostics(value: unknown): Diagnostics {
  const answer = parseObject(value, 'diagnostics');
  requireStrings(answer, ['version', 'node', 'sqlite', 'prices', 'url', 'storage'], 'diagnostics');
  requireThat(Array.isArray(answer.recent), 'diagnostics.recent');
  for (const record of answer.recent as unknown[]) {
    parseRecordOutline(record);
  }
  return value as Diagnostics;
}

/** Problem details, from whatever an error's body holds; `status` is the response's. */
export function parseProblem(value: unknown, status: number): Problem {
  const { type, title, detail, field } = (typeof value === 'object' && value !== null ? value : {}) as Json;
  return {
    type: typeof type === 'string' ? type : 'about:blank',
    title: typeof title === 'string' ? title : `HTTP ${status}`,
    status,
    detail: typeof detail === 'string' ? detail : `The engine answered with HTTP status ${status}.`,
    ...(typeof field === 'string' ? { field } : {}),
  };
}

function parseBudget(value: unknown): BudgetAnswer {
  const budget = parseObject(value, 'budget');
  requireThat(typeof budget.spent_usd === 'number', 'budget.spent_usd');
  requireThat(isNullOr(budget.limit_usd, 'number') && isNullOr(budget.remaining_usd, 'number'), 'budget');
  requireThat(['none', 'ok', 'warning', 'exceeded'].includes(budget.state as string), 'budget.state');
  return value as BudgetAnswer;
}

function requireFigures(value: unknown, what: string): asserts value is Figures {
  const figures = parseObject(value, what);
  for (const key of ['requests', 'prompt_tokens', 'completion_tokens', 'unpriced_requests']) {
    requireThat(typeof figures[key] === 'number', `${what}.${key}`);
  }
  for (const key of ['cost_usd', 'subscription_cost_usd']) {
    requireThat(isNullOr(figures[key], 'number'), `${what}.${key}`);
  }
}

function parseObject(value: unknown, what: string): Json {
  requireThat(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Json;
}

function parseList(value: unknown, what: string): Json[] {
  requireThat(Array.isArray(value), what);
  return (value as unknown[]).map(item => parseObject(item, what));
}

function requireStrings(object: Json, keys: readonly string[], what: string): void {
  for (const key of keys) {
    requireThat(typeof object[key] === 'string', `${what}.${key}`);
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isNullOr(value: unknown, type: 'string' | 'number'): boolean {
  return value === null || typeof value === type;
}

function isArrayOf(value: unknown, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every(item => typeof item === type);
}

function requireThat(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new UnexpectedAnswerError(what);
  }
}
