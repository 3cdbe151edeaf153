/** The sums of a team in the HTTP interface (docs/http-api.md). Types only. */

/** Sums over what all engines of a team sent. Cost is USD, subscriptions included. */
export interface TeamFigures {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_usd: number;
  readonly subscription_cost_usd: number;
  readonly unpriced_requests: number;
}

export interface TeamGroup extends TeamFigures {
  readonly key: Readonly<Partial<Record<'team' | 'project' | 'user_id' | 'model' | 'month' | 'day', string | null>>>;
}

/** A budget that the team's lead keeps in the database, with what its period has spent; null labels narrow nothing. USD. */
export interface TeamBudgetAnswer {
  readonly name: string;
  readonly period: 'day' | 'week' | 'month';
  readonly team: string | null;
  readonly project: string | null;
  readonly user_id: string | null;
  readonly limit_usd: number;
  readonly spent_usd: number;
}

/** Answer of `GET /v1/team`. */
export interface TeamAnswer {
  /** Instants, ISO 8601 in UTC; `to` is exclusive. */
  readonly from: string;
  readonly to: string;
  readonly total: TeamFigures;
  readonly groups: readonly TeamGroup[];
  readonly budgets: readonly TeamBudgetAnswer[];
}
