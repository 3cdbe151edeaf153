import { isNullOr, isNumber, type Json, parseObject, requireStrings, requireThat } from './answerShape.ts';
import type { BudgetAnswer, BudgetList, Notice } from './budgetContract.ts';
import type { ThresholdEvent } from './thresholdContract.ts';

/** What every form of a budget has. */
export function parseBudget(value: unknown): BudgetAnswer {
  const budget = parseObject(value, 'budget');
  requireThat(typeof budget.spent_usd === 'number', 'budget.spent_usd');
  requireThat(isNullOr(budget.limit_usd, 'number') && isNullOr(budget.remaining_usd, 'number'), 'budget');
  requireThat(['none', 'ok', 'warning', 'exceeded'].includes(budget.state as string), 'budget.state');
  return value as BudgetAnswer;
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

/** Data of the event `threshold`. Throws `UnexpectedAnswerError`. */
export function parseThreshold(value: unknown): ThresholdEvent {
  const event = parseObject(value, 'threshold');
  const texts = ['budget', 'period', 'scope'].every(name => typeof event[name] === 'string');
  requireThat(texts && ['threshold', 'spent_usd', 'limit_usd'].every(name => isNumber(event[name])), 'threshold');
  return value as ThresholdEvent;
}
