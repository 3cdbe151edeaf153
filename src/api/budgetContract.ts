/** The part of the HTTP interface that is about budgets, as types (docs/http-api.md). Money is USD, instants are ISO 8601 in UTC. */
import type { BudgetMatch, BudgetPeriod, BudgetScope, Enforcement } from '../contributions.ts';

export type BudgetState = 'none' | 'ok' | 'warning' | 'exceeded';

/** The tightest budget; limits are null when there is none. USD. */
export interface BudgetAnswer {
  readonly spent_usd: number;
  readonly limit_usd: number | null;
  readonly remaining_usd: number | null;
  readonly state: BudgetState;
}

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

/** Something to tell a user: a budget whose threshold was crossed, or minutes that cost far more than usual. */
export interface NoticeItem {
  readonly kind: 'budget' | 'runaway';
  /** Name of the budget; null for `runaway`. */
  readonly budget: string | null;
  readonly period: BudgetPeriod | null;
  readonly scope: BudgetScope;
  /** Percent; null for `runaway`. */
  readonly threshold: number | null;
  /** Of the budget's period; for `runaway` of the last five minutes. */
  readonly spent_usd: number;
  readonly limit_usd: number | null;
  readonly enforce: Enforcement;
  readonly forecast_usd: number | null;
  readonly resets_at: string | null;
  /** How many times the usual the last five minutes cost; null for a budget. */
  readonly times: number | null;
}

/** Asks one window to show a notification; event `notice`, only on streams opened with `?window=`. */
export interface Notice extends NoticeItem {
  readonly id: string;
  /** What else was crossed at the same time: one message tells it all. */
  readonly also: readonly NoticeItem[];
}

/**
 * What a window does with a notice: it was put on the screen; the budget it begins with shall be quiet today; or that budget may be
 * overdrawn for an hour.
 */
export type NoticeAction = 'shown' | 'silence' | 'allow_hour';

/** Body of `POST /v1/check`: what is known of a call that wants to be made. Everything may be left out. */
export interface CheckQuestion {
  /** The session that is running when left out. */
  readonly session_id?: string;
  readonly task_type?: string;
  readonly agent?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly user_id?: string;
  readonly branch?: string;
  /** Working folder: with a token of the machine's, the workspace around it is asked. */
  readonly cwd?: string;
  /** Tokens of the prompt. */
  readonly input_tokens?: number;
  /** The median of the model's latest calls when left out. */
  readonly expected_output_tokens?: number;
}

/** A way to go on when a budget is spent. */
export interface WayOn {
  readonly name: 'allow_for_an_hour' | 'raise_budget' | 'wait';
  readonly title: string;
  readonly how: string;
}

/** Answer of `POST /v1/check`, about the strictest budget that counts the call, of these the tightest. */
export interface CheckAnswer {
  /** `deny`: a budget is spent that the gateway enforces. `warn`: one is spent that warns only, or the call won't fit. */
  readonly decision: 'allow' | 'warn' | 'deny';
  /** A sentence for people. */
  readonly reason: string;
  /** Null when no budget counts the call. */
  readonly budget: string | null;
  /** Of the budget's period; today's without a budget. */
  readonly spent_usd: number;
  /** What calls that are under way in the gateway are expected to cost. */
  readonly reserved_usd: number;
  readonly limit_usd: number | null;
  /** Limit less what is spent and reserved, never below 0. */
  readonly remaining_usd: number | null;
  /** What this call is expected to cost; null when its tokens or its price are not known. */
  readonly expected_usd: number | null;
  readonly resets_at: string | null;
  /** Empty when it may go on. */
  readonly ways: readonly WayOn[];
}

/** What a budget's calls cost in one of its periods, or in one session. */
export interface BudgetPeriodSpend {
  /** Of a session the first and the last call that are known. */
  readonly from: string;
  readonly to: string;
  readonly session_id: string | null;
  readonly spent_usd: number;
  /** As it is set now: what it was then is not kept. */
  readonly limit_usd: number;
}

/** A budget with its history, as `GET /v1/budgets` lists them. */
export interface BudgetReport extends BudgetStatus {
  readonly match: BudgetMatch;
  /** Percent. */
  readonly thresholds: readonly number[];
  readonly include_subscriptions: boolean;
  /** The newest first; the period under way is the first. */
  readonly history: readonly BudgetPeriodSpend[];
}

/** Answer of `GET /v1/budgets`. */
export interface BudgetList {
  readonly budgets: readonly BudgetReport[];
}
