/** The part of the HTTP interface that is about budgets, as types (docs/http-api.md). Money is USD, instants are ISO 8601 in UTC. */
import type { BudgetPeriod, BudgetScope, Enforcement } from '../contributions.ts';

/** One budget as it stands now. */
export interface BudgetStatus {
  /** `daily` for the setting `budget.daily`. */
  readonly name: string;
  readonly period: BudgetPeriod;
  readonly scope: BudgetScope;
  /** Spent in this period; for a budget of a session, by the session whose call came last. */
  readonly spent_usd: number;
  readonly limit_usd: number;
  /** Never below 0. */
  readonly remaining_usd: number;
  readonly state: 'ok' | 'warning' | 'exceeded';
  /** Thresholds in percent that are crossed, ascending. */
  readonly crossed: readonly number[];
  readonly enforce: Enforcement;
  /** Spend at the end of the period at this pace; null without a basis. */
  readonly forecast_usd: number | null;
  /** The past days with spend that the forecast follows beside the last hour; null without one. */
  readonly forecast_days: number | null;
  /** When the period ends; null for a session and for the last 24 hours. */
  readonly resets_at: string | null;
  /** Until when the user lets an enforcing budget be overdrawn ("Allow for an Hour"); null otherwise. */
  readonly allowed_until: string | null;
  /** The session that a budget of a session is about; null for other periods and before the first call. */
  readonly session_id: string | null;
}

/** How fast a ledger spends, subscriptions left out. */
export interface Burn {
  /** What the last 60 minutes cost. */
  readonly usd_per_hour: number;
  readonly last_5_minutes_usd: number;
  /** What an hour at work usually costs, by the last four weeks; null while that is not known. */
  readonly usual_usd_per_hour: number | null;
}
