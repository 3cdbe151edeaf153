/** The sums of a team in the HTTP interface (docs/http-api.md). Types only. */
import type { TeamKey } from '../core/teamKeys.ts';
import type { Figures, Group } from './sumsContract.ts';

export type { TeamKey };

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

/** Answer of `GET /v1/team`: sums over what all engines of a team sent. */
export interface TeamAnswer {
  /** Instants, ISO 8601 in UTC; `to` is exclusive. */
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  /** Dearest first. */
  readonly groups: readonly Group[];
  readonly budgets: readonly TeamBudgetAnswer[];
}
