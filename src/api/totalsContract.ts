/** What the status bar shows, in the HTTP interface (docs/http-api.md). Types only. */
import type { BudgetAnswer, BudgetStatus, Burn } from './budgetContract.ts';
import type { ForwardingState } from './forwardContract.ts';
import type { RecordOutline } from './recordContract.ts';
import type { Figures } from './sumsContract.ts';

/** Sums over all ledgers of the user on this computer, also of workspaces that are closed; each call once. */
export interface MachineTotals {
  readonly today: Figures;
  readonly week: Figures;
  readonly month: Figures;
}

/** A session that is at work or was a while ago, with the figures of all of it. */
export interface SessionTotals extends Figures {
  readonly session_id: string;
  /** The agents that were seen in it. */
  readonly agents: readonly string[];
  /** ISO 8601 in UTC. */
  readonly last_record: string;
}

/** What the status bar shows; event `totals`. Figures of the ledger that the token belongs to. */
export interface Totals {
  readonly today: Figures;
  readonly week: Figures;
  readonly month: Figures;
  /** Today's models, dearest first, five at most. */
  readonly top_models: readonly ({ readonly model: string | null } & Figures)[];
  /** Models without a rate among this month's calls. */
  readonly unpriced_models: readonly string[];
  readonly last_record: RecordOutline | null;
  /** The sessions with a call in the last hour, the latest first, five at most. */
  readonly sessions: readonly SessionTotals[];
  /** The tightest of `budgets`. */
  readonly budget: BudgetAnswer & {
    /** Thresholds in percent that its spend has crossed, ascending. */
    readonly crossed: readonly number[];
  };
  /** Every budget in effect for the ledger, those of the whole computer too, in the order of the settings. */
  readonly budgets: readonly BudgetStatus[];
  /** How fast the ledger spends; null before the first call with a cost. */
  readonly burn: Burn | null;
  /** Only from the windows' engine; null until it has looked into all ledgers. */
  readonly machine?: MachineTotals | null;
  /** One for each destination of the setting `forward`; absent when there is none. */
  readonly forward?: readonly ForwardingState[];
}
