import type { BudgetPeriod } from '../../contributions.ts';
import type { Range } from '../sums.ts';
import { dayOf, periodRange } from '../time/calendar.ts';

/** Sums are kept by quarters of an hour, which the days of every zone consist of. ms. */
export const quarterMs = 900_000;
const dayMs = 86_400_000;

/** The periods that are ranges of time; a session is none. */
export type TimedPeriod = Exclude<BudgetPeriod, 'session'>;

const calendarPeriods = { day: 'today', week: 'week', month: 'month' } as const;

/**
 * The half-open range of a period around an instant: the day, ISO week or month of the zone, or 24 hours with the quarter of an hour
 * that each of their ends is in. Begins and ends with a quarter of an hour.
 */
export function budgetRange(period: TimedPeriod, nowMs: number, zone: string): Range {
  if (period !== 'rolling24h') {
    return periodRange(calendarPeriods[period], nowMs, zone);
  }
  const quarter = Math.floor(nowMs / quarterMs) * quarterMs;
  return { fromMs: quarter - dayMs, toMs: quarter + quarterMs };
}

/** The period before the one that a range is, and so on; for `rolling24h` the 24 hours before. */
export function previousRange(period: TimedPeriod, { fromMs }: Range, zone: string): Range {
  return period === 'rolling24h'
    ? { fromMs: fromMs - dayMs, toMs: fromMs }
    : periodRange(calendarPeriods[period], fromMs - 1, zone);
}

/** When a period begins anew, epoch ms; null for those that don't. */
export function periodEnd(period: BudgetPeriod, nowMs: number, zone: string): number | null {
  return period === 'session' || period === 'rolling24h' ? null : budgetRange(period, nowMs, zone).toMs;
}

/**
 * Names of the period that an instant is in, without `:`. What was noted under any of them was noted in this period; under the first
 * it is to be noted. Days, weeks and months have one, the day they begin with; the last 24 hours have one per hour.
 */
export function periodNames(period: TimedPeriod, nowMs: number, zone: string): readonly string[] {
  if (period !== 'rolling24h') {
    return [dayOf(budgetRange(period, nowMs, zone).fromMs, zone)];
  }
  // One more than 24: an hour that began 24 hours ago is over only when this one is.
  return Array.from({ length: 25 }, (_, hours) => new Date(nowMs - hours * 3_600_000).toISOString().slice(0, 13));
}
