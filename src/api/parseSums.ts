import { isArrayOf, isNullOr, type Json, parseList, parseObject, requireStrings, requireThat } from './answerShape.ts';
import type { Costs } from './costContract.ts';
import type { DeletionAnswer } from './deletionContract.ts';
import type { Figures, Sessions, Summary } from './sumsContract.ts';
import type { TeamAnswer } from './teamContract.ts';

/** Every function here throws `UnexpectedAnswerError`. */
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

export function parseDeletion(value: unknown): DeletionAnswer {
  requireFigures(parseObject(value, 'deletion').deleted, 'deletion.deleted');
  return value as DeletionAnswer;
}

export function requireFigures(value: unknown, what: string): asserts value is Figures {
  const figures = parseObject(value, what);
  for (const key of ['requests', 'prompt_tokens', 'completion_tokens', 'unpriced_requests']) {
    requireThat(typeof figures[key] === 'number', `${what}.${key}`);
  }
  for (const key of ['cost_usd', 'subscription_cost_usd']) {
    requireThat(isNullOr(figures[key], 'number'), `${what}.${key}`);
  }
}

function requireCosts(value: unknown, what: string): void {
  const costs = parseObject(value, what);
  for (const key of ['requests', 'input_usd', 'output_usd', 'cache_read_usd', 'unsplit_usd', 'undetailed_requests']) {
    requireThat(typeof costs[key] === 'number', `${what}.${key}`);
  }
  requireThat(isNullOr(costs.cost_usd, 'number') && isNullOr(costs.cache_savings_usd, 'number'), what);
}
