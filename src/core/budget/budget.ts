import type { BudgetMatch, BudgetPeriod, BudgetScope, Enforcement, Settings } from '../../contributions.ts';
import { dailyName } from '../settings/budgets.ts';

/** A budget as it is in effect: all that the settings leave out is filled in. */
export interface Budget {
  /** Unique among the budgets of a window, and without `:`; the first part of what is remembered of its notices. */
  readonly key: string;
  readonly name: string;
  /** USD per period, above 0. */
  readonly limitUsd: number;
  readonly period: BudgetPeriod;
  readonly scope: BudgetScope;
  readonly match: BudgetMatch;
  /** Percent. */
  readonly thresholds: readonly number[];
  readonly enforce: Enforcement;
  readonly includeSubscriptions: boolean;
}

/** The key of a budget by its name. */
export function budgetKey(name: string): string {
  return name === dailyName ? dailyName : `budget/${encodeURIComponent(name)}`;
}

/**
 * The budgets in effect: the daily one first, when there is one, then those of the list. One that enforces always has a threshold of
 * 100 %, so that nobody's calls are refused without a word.
 */
export function listBudgets(settings: Settings): readonly Budget[] {
  const enforce = settings['budget.enforce'];
  const thresholds = settings['budget.thresholds'];
  const daily: Budget = {
    key: budgetKey(dailyName),
    name: dailyName,
    limitUsd: settings['budget.daily'],
    period: 'day',
    scope: 'workspace',
    match: {},
    thresholds,
    enforce,
    includeSubscriptions: false,
  };
  const listed = settings.budgets.map(budget => ({ thresholds, enforce, ...budget, key: budgetKey(budget.name) }));
  return [...(daily.limitUsd > 0 ? [daily] : []), ...listed].map(budget =>
    budget.enforce === 'off' ? budget : { ...budget, thresholds: [...new Set([...budget.thresholds, 100])] },
  );
}
