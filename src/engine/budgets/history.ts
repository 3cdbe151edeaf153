import { budgetRange } from '../../core/budget/period.ts';
import { dayOf } from '../../core/time/calendar.ts';
import type { BudgetWatch, Watched } from './budgetWatch.ts';
import type { LedgerBudgets } from './ledgerBudgets.ts';
import type { NoticeMarks } from './noticeMarks.ts';

type Passed = Parameters<BudgetWatch['pass']>[0];

/** The mark of a day whose spend the command line added to. */
export const historyKey = (day: string): string => `history:${day}`;

/** What of budgets was crossed while history was stored: it notifies nobody. `before` and `after` are how they stood. */
export function listPassed(before: readonly Watched[], after: readonly Watched[]): Passed {
  return after.map(watched => {
    const former = before.find(({ key, periods }) => key === watched.key && periods[0] === watched.periods[0]);
    return { watched, thresholds: watched.crossed.filter(threshold => !former?.crossed.includes(threshold)) };
  });
}

interface ImportedWhere {
  readonly marks: NoticeMarks;
  readonly budgets: LedgerBudgets['list'];
  readonly nowMs: number;
  /** IANA zone of days. */
  readonly zone: string;
}

/** What is crossed of the budgets to whose period the command line added while nobody served the folder. */
export function listImported(all: readonly Watched[], { marks, budgets, nowMs, zone }: ImportedWhere): Passed {
  const days = marks.list(historyKey(''));
  const isImported = ({ key }: Watched) => {
    const period = budgets.find(budget => budget.key === key)?.period ?? 'day';
    const { fromMs } = budgetRange(period === 'session' ? 'day' : period, nowMs, zone);
    const first = historyKey(dayOf(fromMs, zone));
    return days.some(day => day >= first);
  };
  return all.filter(isImported).map(watched => ({ watched, thresholds: watched.crossed }));
}
