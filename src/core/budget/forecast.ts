import type { BudgetPeriod } from '../../contributions.ts';
import { addDays, dayOf, startOfDay } from '../time/calendar.ts';
import { budgetRange } from './period.ts';
import { type UsualDay, usualUntil } from './usualDay.ts';

export interface ForecastInput {
  readonly period: BudgetPeriod;
  /** Nano-USD of the period so far. */
  readonly spentNanoUsd: number;
  /** Nano-USD of today so far. */
  readonly todayNanoUsd: number;
  /** Nano-USD of the last hour. */
  readonly lastHourNanoUsd: number;
  readonly usual: UsualDay;
  /** Epoch ms. */
  readonly nowMs: number;
  /** IANA zone. */
  readonly zone: string;
}

/** Where a period is heading. */
export interface Forecast {
  /** Nano-USD at the period's end, a whole number. */
  readonly nanoUsd: number;
  /** The past days with spend whose shape it follows. */
  readonly days: number;
}

const hourMs = 3_600_000;
/** Days with spend that make a shape. */
const minDays = 3;
/** Calendar days that make a week. */
const minReach = 7;

/**
 * The spend at the end of a day, week or month: the coming hour costs what the last one did; the rest of today what it usually costs,
 * as many times as today so far (the last hour counting twice) costs more than usual, half a usual day weighing against that; later days what
 * their day of the week usually costs. Null without a basis: nothing was spent in the last hour, fewer than three past days with spend,
 * less than a week for what reaches beyond today, or a period without an end.
 */
export function computeForecast(input: ForecastInput): Forecast | null {
  const { period, spentNanoUsd, todayNanoUsd, lastHourNanoUsd, usual, nowMs, zone } = input;
  if (period === 'session' || period === 'rolling24h' || lastHourNanoUsd <= 0 || usual.days < minDays) {
    return null;
  }
  const today = budgetRange('day', nowMs, zone);
  const { toMs } = budgetRange(period, nowMs, zone);
  if (toMs > today.toMs && usual.reach < minReach) {
    return null;
  }
  const elapsed = nowMs - today.fromMs;
  const whole = usualUntil(usual, Number.POSITIVE_INFINITY);
  const soFar = usualUntil(usual, elapsed);
  const usualLastHour = soFar - usualUntil(usual, elapsed - hourMs);
  const pace = (todayNanoUsd + lastHourNanoUsd + whole / 2) / (soFar + usualLastHour + whole / 2);
  const comingHour = (lastHourNanoUsd * Math.min(hourMs, today.toMs - nowMs)) / hourMs;
  const restOfToday = comingHour + (whole - usualUntil(usual, elapsed + hourMs)) * pace;
  let later = 0;
  const first = dayOf(nowMs, zone);
  for (let ahead = 1; startOfDay(addDays(first, ahead), zone) < toMs; ahead++) {
    later += usual.byWeekday[ahead % 7] ?? 0;
  }
  return { nanoUsd: Math.round(spentNanoUsd + restOfToday + later), days: usual.days };
}
