import type { BudgetFacet } from '../../core/budget/match.ts';
import { compareTightness } from '../../core/budget/tightest.ts';
import { usdToNano } from '../../core/money.ts';
import type { AssessedBudget } from '../budgets/ledgerBudgets.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { Reservations } from './reservations.ts';

/** A call that wants to be made, as far as it is known. */
export interface GuardedCall {
  readonly facet: BudgetFacet;
  /** Undefined: the session that is running; null: none. */
  readonly session: string | null | undefined;
  /** Nano-USD; null when unknown or without a price. */
  readonly expectedNanoUsd: number | null;
}

/** How a budget stands with the calls under way. */
export interface Verdict {
  readonly decision: 'allow' | 'warn' | 'deny';
  readonly assessed: AssessedBudget;
  /** What calls under way are expected to cost. */
  readonly reservedNanoUsd: number;
  readonly cause: 'fits' | 'spent' | 'allowed' | 'tooDear';
  /** Epoch ms; 0 when it may not be overdrawn. */
  readonly allowedUntil: number;
}

export type Admission =
  | { readonly isAdmitted: true; release(): void }
  | { readonly isAdmitted: false; readonly verdict: Verdict };

const ranks = { deny: 0, warn: 1, allow: 2 } as const;

/** Whether calls may go on. Asking costs some additions for each budget and each call under way. */
export class Guard {
  readonly #reservations = new Reservations();
  readonly #now: () => number;

  /** `now` is epoch ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether any budget of the ledger can refuse a call. */
  isEnforcing(live: LiveLedger): boolean {
    return live.budgets.list.some(({ enforce }) => enforce === 'gateway');
  }

  /** Resolves when what answered calls used is stored, or after so many ms. */
  settle(maxMs: number): Promise<void> {
    return this.#reservations.settle(maxMs);
  }

  /** Lets a call pass and reserves what it is expected to cost, or says which budget is spent. In one step: nothing comes between. */
  admit(live: LiveLedger, call: GuardedCall, isAnswered: () => boolean): Admission {
    const verdict = this.judge(live, call);
    if (verdict?.decision === 'deny') {
      return { isAdmitted: false, verdict };
    }
    const { facet, session, expectedNanoUsd } = call;
    const reservation = { live, facet, session: session ?? null, nanoUsd: expectedNanoUsd ?? 0, isAnswered };
    return { isAdmitted: true, release: this.#reservations.add(reservation) };
  }

  /** The verdict of the strictest budget that counts the call, of these of the tightest; null when none does. */
  judge(live: LiveLedger, call: GuardedCall): Verdict | null {
    const assessed = live.budgets.assess(call.session).filter(({ budget }) => live.budgets.counts(budget, call.facet));
    const verdicts = assessed.map(each => this.#judge(live, each, call));
    verdicts.sort((a, b) => ranks[a.decision] - ranks[b.decision] || compareTightness(a.assessed, b.assessed));
    return verdicts[0] ?? null;
  }

  #judge(live: LiveLedger, assessed: AssessedBudget, { expectedNanoUsd }: GuardedCall): Verdict {
    const { budget, spentNanoUsd, session } = assessed;
    const reservedNanoUsd = this.#reservations.sum(
      other =>
        (budget.scope === 'machine' || other.live === live) &&
        (budget.period !== 'session' || (session !== null && other.session === session)) &&
        live.budgets.counts(budget, other.facet),
    );
    const limit = usdToNano(budget.limitUsd);
    const committed = spentNanoUsd + reservedNanoUsd;
    const until = live.budgets.marksOf(budget).allowedUntil(budget.key);
    const allowedUntil = until > this.#now() ? until : 0;
    const of = (decision: Verdict['decision'], cause: Verdict['cause']): Verdict => ({
      decision,
      assessed,
      reservedNanoUsd,
      cause,
      allowedUntil,
    });
    if (committed < limit) {
      return committed + (expectedNanoUsd ?? 0) > limit ? of('warn', 'tooDear') : of('allow', 'fits');
    }
    if (budget.enforce === 'off') {
      return of('warn', 'spent');
    }
    return allowedUntil > 0 ? of('warn', 'allowed') : of('deny', 'spent');
  }
}
