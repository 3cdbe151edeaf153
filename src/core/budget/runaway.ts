import type { UsualDay } from './usualDay.ts';

/** What five minutes cost, and how many times the usual that is. */
export interface Runaway {
  /** Nano-USD. */
  readonly spentNanoUsd: number;
  readonly times: number;
}

/** How far back spend is looked at. ms. */
export const runawayMs = 300_000;
/** Below a dollar nobody wants to be disturbed. Nano-USD. */
export const minRunawayNanoUsd = 1_000_000_000;
/** Quarters of an hour at work, on so many days, that make a usual. */
const minQuarters = 8;
const minDays = 2;

/** What five minutes at work usually cost, nano-USD; null without a basis: eight quarters of an hour with spend, on two past days. */
export function usualFiveMinutes({ activeQuarter, activeQuarters, days }: UsualDay): number | null {
  return activeQuarters >= minQuarters && days >= minDays ? activeQuarter / 3 : null;
}

/** Whether the last five minutes cost at least a dollar and `factor` times the usual; null otherwise, and for a factor of 0. */
export function findRunaway(spentNanoUsd: number, usual: UsualDay, factor: number): Runaway | null {
  const usually = usualFiveMinutes(usual);
  if (factor <= 0 || usually === null || spentNanoUsd < minRunawayNanoUsd || spentNanoUsd < factor * usually) {
    return null;
  }
  return { spentNanoUsd, times: spentNanoUsd / usually };
}
