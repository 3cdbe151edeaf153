import { addDays, dayOf, startOfDay } from '../time/calendar.ts';
import { quarterMs } from './period.ts';

/** Days looked back at: four weeks, so that each day of the week is in it four times. */
export const usualDays = 28;

/** The spend of one quarter of an hour. */
export interface QuarterSpend {
  /** Epoch ms, the start of a quarter. */
  readonly fromMs: number;
  readonly nanoUsd: number;
}

/** What days usually cost, from the last four weeks before today. Nano-USD. */
export interface UsualDay {
  /** Days with spend that it is made of. */
  readonly days: number;
  /** Calendar days since the first of them. */
  readonly reach: number;
  /** Mean spend of such a day until so many quarters after its start; one longer than the longest day. */
  readonly cumulated: readonly number[];
  /** Mean spend of the next seven calendar days from today on, days without spend included. */
  readonly byWeekday: readonly number[];
  /** Mean spend of a quarter of an hour in which there was any, and how many of those there are. */
  readonly activeQuarter: number;
  readonly activeQuarters: number;
}

/** 25 hours, when a clock is set back. */
const quartersPerDay = 101;

/** What days before today usually cost. `quarters` in any order; those out of the four weeks don't count. */
export function computeUsualDay(quarters: Iterable<QuarterSpend>, nowMs: number, zone: string): UsualDay {
  const today = dayOf(nowMs, zone);
  const starts = Array.from({ length: usualDays + 1 }, (_, index) => startOfDay(addDays(today, -index), zone));
  const spends = Array.from({ length: usualDays }, () => new Map<number, number>());
  for (const { fromMs, nanoUsd } of quarters) {
    // Day `age` (1 is yesterday) is from starts[age] to starts[age - 1].
    const age = starts.findIndex(start => fromMs >= start);
    if (age > 0 && nanoUsd > 0) {
      const place = Math.floor((fromMs - (starts[age] ?? 0)) / quarterMs);
      const day = spends[age - 1];
      day?.set(place, (day.get(place) ?? 0) + nanoUsd);
    }
  }
  const totals = spends.map(day => [...day.values()].reduce((sum, nanoUsd) => sum + nanoUsd, 0));
  const days = totals.filter(total => total > 0).length;
  const reach = totals.findLastIndex(total => total > 0) + 1;
  const cumulated = [0];
  for (let place = 0; place < quartersPerDay; place++) {
    const sum = spends.reduce((all, day) => all + (day.get(place) ?? 0), 0);
    cumulated.push((cumulated[place] ?? 0) + (days === 0 ? 0 : sum / days));
  }
  const activeQuarters = spends.reduce((count, day) => count + day.size, 0);
  const total = totals.reduce((sum, day) => sum + day, 0);
  return {
    days,
    reach,
    cumulated,
    byWeekday: Array.from({ length: 7 }, (_, ahead) => meanOfWeekday(totals, ahead, reach)),
    activeQuarter: activeQuarters === 0 ? 0 : total / activeQuarters,
    activeQuarters,
  };
}

/** The mean of the days that were the same day of the week as the one so many days ahead of today, as far back as `reach`. */
function meanOfWeekday(totals: readonly number[], ahead: number, reach: number): number {
  const same = totals.slice(0, reach).filter((_, index) => (index + 1 + ahead) % 7 === 0);
  return same.length === 0 ? 0 : same.reduce((sum, total) => sum + total, 0) / same.length;
}

/** Mean spend of a usual day from its start until so many ms after it; within a quarter in proportion. */
export function usualUntil({ cumulated }: UsualDay, elapsedMs: number): number {
  const place = Math.min(Math.max(0, elapsedMs / quarterMs), quartersPerDay - 1);
  const whole = Math.floor(place);
  const before = cumulated[whole] ?? 0;
  return before + ((cumulated[whole + 1] ?? before) - before) * (place - whole);
}
