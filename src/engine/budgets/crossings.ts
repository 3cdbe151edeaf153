import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import { periodNames } from '../../core/budget/period.ts';
import type { AssessedBudget } from './ledgerBudgets.ts';

/** Crossings remembered at most; sessions come and go. */
const maxRemembered = 10_000;

/** Which thresholds of budgets were crossed already in their periods, so that each crossing is told to programs once. */
export class Crossings {
  readonly #known = new Set<string>();

  /**
   * What was crossed since the last time, and remembers it. All thresholds count, also those that notify nobody. `zone` is the IANA
   * zone of the periods.
   */
  advance(assessed: readonly AssessedBudget[], nowMs: number, zone: string): ThresholdEvent[] {
    return assessed.flatMap(each =>
      each.crossed.flatMap(threshold => {
        const names = nameCrossing(each, threshold, nowMs, zone);
        const isNew = !names.some(name => this.#known.has(name));
        this.#remember(names[0]);
        return isNew ? formatCrossing(each, threshold) : [];
      }),
    );
  }

  #remember(name: string | undefined): void {
    if (name !== undefined) {
      this.#known.add(name);
    }
    for (const oldest of [...this.#known].slice(0, Math.max(0, this.#known.size - maxRemembered))) {
      this.#known.delete(oldest);
    }
  }
}

/** The crossing's name in each name of its period; the first is the one to remember. None for a budget of a session without one. */
function nameCrossing({ budget, session }: AssessedBudget, threshold: number, nowMs: number, zone: string): string[] {
  const periods = budget.period === 'session' ? [session ?? ''] : periodNames(budget.period, nowMs, zone);
  return periods.map(period => JSON.stringify([budget.key, period, threshold]));
}

function formatCrossing({ budget, spentUsd, limitUsd }: AssessedBudget, threshold: number): ThresholdEvent {
  const { name, period, scope } = budget;
  return { budget: name, period, scope, threshold, spent_usd: spentUsd, limit_usd: limitUsd ?? budget.limitUsd };
}
