import type { NoticeItem } from '../../api/contract.ts';
import { notifyingThresholds } from '../../core/budget/assess.ts';
import { periodNames } from '../../core/budget/period.ts';
import { compareTightness } from '../../core/budget/tightest.ts';
import { nanoToUsd } from '../../core/money.ts';
import { dayOf } from '../../core/time/calendar.ts';
import type { Watched, WatchReading } from './budgetWatch.ts';
import type { AssessedBudget, LedgerBudgets } from './ledgerBudgets.ts';
import type { NoticeMarks } from './noticeMarks.ts';

export interface ReadingInput {
  readonly budgets: LedgerBudgets;
  /** Of the ledger itself. */
  readonly marks: NoticeMarks;
  /** Epoch ms. */
  readonly nowMs: number;
  /** IANA zone. */
  readonly zone: string;
  readonly isNotifying: boolean;
}

/** How the budgets of a ledger stand, for the watch. */
export function readWatched({ budgets, marks, nowMs, zone, isNotifying }: ReadingInput): WatchReading {
  const day = dayOf(nowMs, zone);
  const assessed = budgets.assess().toSorted(compareTightness);
  const watched = assessed.flatMap(each => watchBudget(each, budgets, nowMs, zone));
  return { day, isNotifying, watched: [...watched, ...watchRunaway(budgets, marks, nowMs)] };
}

/** Longer names of sessions are cut: they are told apart by less. */
const maxSessionName = 500;

function watchBudget(assessed: AssessedBudget, budgets: LedgerBudgets, nowMs: number, zone: string): Watched[] {
  const { budget, spentUsd, limitUsd, crossed, session } = assessed;
  if (limitUsd === null || (budget.period === 'session' && session === null)) {
    return [];
  }
  const { key, name, period, scope } = budget;
  const marks = budgets.marksOf(budget);
  const allowed = marks.allowedUntil(key);
  const periods =
    period === 'session'
      ? [encodeURIComponent(session ?? '').slice(0, maxSessionName)]
      : periodNames(period, nowMs, zone);
  const describe = (threshold: number): NoticeItem => {
    const { forecast_usd, resets_at } = budgets.formatStatus(assessed);
    return {
      kind: 'budget',
      budget: name,
      period,
      scope,
      threshold,
      spent_usd: spentUsd,
      limit_usd: limitUsd,
      enforce: budget.enforce,
      forecast_usd,
      resets_at,
      times: null,
    };
  };
  const title = key === 'daily' ? 'Daily budget' : `Budget "${name}"`;
  const when = period === 'day' ? `on ${periods[0]}` : period === 'session' ? 'by a session' : `(${period})`;
  return [
    {
      key,
      periods,
      crossed: notifyingThresholds(crossed),
      allowanceEnd: allowed > nowMs ? 0 : allowed,
      marks,
      isMachineWide: scope === 'machine',
      describe,
      logLine: threshold => `${title}: ${threshold}% of $${limitUsd} crossed, $${spentUsd.toFixed(2)} spent ${when}.`,
    },
  ];
}

/** Told once an hour at most. */
function watchRunaway(budgets: LedgerBudgets, marks: NoticeMarks, nowMs: number): Watched[] {
  const runaway = budgets.runaway();
  if (!runaway) {
    return [];
  }
  const spentUsd = nanoToUsd(runaway.spentNanoUsd);
  return [
    {
      key: 'runaway',
      periods: [0, 1].map(hours => new Date(nowMs - hours * 3_600_000).toISOString().slice(0, 13)),
      crossed: [1],
      allowanceEnd: 0,
      marks,
      isMachineWide: false,
      describe: () => ({
        kind: 'runaway',
        budget: null,
        period: null,
        scope: 'workspace',
        threshold: null,
        spent_usd: spentUsd,
        limit_usd: null,
        enforce: 'off',
        forecast_usd: null,
        resets_at: null,
        times: runaway.times,
      }),
      logLine: () => `$${spentUsd.toFixed(2)} in 5 minutes, ${runaway.times.toFixed(1)} times the usual.`,
    },
  ];
}
