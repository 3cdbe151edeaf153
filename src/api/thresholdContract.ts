import type { BudgetPeriod, BudgetScope } from '../contributions.ts';

/** A threshold of a budget was crossed; event `threshold` of `GET /v1/events`, once per budget, threshold and period. USD. */
export interface ThresholdEvent {
  /** `daily` for the setting `budget.daily`. */
  readonly budget: string;
  readonly period: BudgetPeriod;
  readonly scope: BudgetScope;
  /** Percent of the limit. */
  readonly threshold: number;
  readonly spent_usd: number;
  readonly limit_usd: number;
}
