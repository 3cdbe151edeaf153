import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeForecast, type ForecastInput } from '../../../../src/core/budget/forecast.ts';
import { findRunaway } from '../../../../src/core/budget/runaway.ts';
import { computeUsualDay, type QuarterSpend, usualUntil } from '../../../../src/core/budget/usualDay.ts';
import { addDays, startOfDay } from '../../../../src/core/time/calendar.ts';

const hourMs = 3_600_000;
const quarterMs = 900_000;
const usd = 1e9;
const zone = 'America/New_York';
/** A Wednesday; the clocks went back ten days before. */
const today = '2026-11-11';

/** One dollar an hour from nine to five on each of so many past days. */
function workdays(days: number, skip: (day: string) => boolean = () => false): QuarterSpend[] {
  return Array.from({ length: days }, (_, index) => addDays(today, -1 - index))
    .filter(day => !skip(day))
    .flatMap(day =>
      Array.from({ length: 32 }, (_, quarter) => ({
        fromMs: startOfDay(day, zone) + 9 * hourMs + quarter * quarterMs,
        nanoUsd: usd / 4,
      })),
    );
}

const at = (hour: number) => startOfDay(today, zone) + hour * hourMs;
const forecast = (changes: Partial<ForecastInput>, quarters = workdays(10)) => {
  const nowMs = changes.nowMs ?? at(13);
  const result = computeForecast({
    period: 'day',
    spentNanoUsd: 4 * usd,
    todayNanoUsd: 4 * usd,
    lastHourNanoUsd: usd,
    usual: computeUsualDay(quarters, nowMs, zone),
    zone,
    ...changes,
    nowMs,
  });
  return result && { ...result, usd: result.nanoUsd / usd };
};

describe('a usual day', () => {
  it('is the mean of the days with spend of four weeks, by the time of the day', () => {
    const usual = computeUsualDay(
      [
        ...workdays(10, day => day === addDays(today, -2)),
        { fromMs: at(9), nanoUsd: 99 * usd },
        { fromMs: startOfDay(addDays(today, -40), zone), nanoUsd: 99 * usd },
      ],
      at(13),
      zone,
    );
    expect(usual).toMatchObject({ days: 9, reach: 10, activeQuarters: 9 * 32, activeQuarter: usd / 4 });
    expect(usualUntil(usual, 9 * hourMs)).toBe(0);
    expect(usualUntil(usual, 12.5 * hourMs)).toBeCloseTo(3.5 * usd, 0);
    expect(usualUntil(usual, Number.POSITIVE_INFINITY)).toBeCloseTo(8 * usd, 0);
    // Wednesdays: only one of the last ten days was one.
    expect(usual.byWeekday[0]).toBe(8 * usd);
    // Of two Mondays one had nothing.
    expect(usual.byWeekday[5]).toBe(4 * usd);
  });

  it('has every quarter of a past day, also of one that a clock makes longer', () => {
    const start = startOfDay('2026-11-01', zone);
    const quarters = Array.from({ length: 100 }, (_, index) => ({ fromMs: start + index * quarterMs, nanoUsd: 1 }));
    const usual = computeUsualDay(quarters, at(1), zone);
    expect(usual).toMatchObject({ days: 1, activeQuarters: 100 });
    expect(usualUntil(usual, Number.POSITIVE_INFINITY)).toBe(100);
  });
});

describe('a forecast', () => {
  it('of a day that is like others is what they cost', () => {
    expect(forecast({})).toMatchObject({ usd: 8, days: 10 });
    expect(forecast({ nowMs: at(16), spentNanoUsd: 7 * usd, todayNanoUsd: 7 * usd })?.usd).toBeCloseTo(8, 5);
  });

  it('follows the last hour: the coming one, and how dear the rest is', () => {
    const dear = forecast({ spentNanoUsd: 8 * usd, todayNanoUsd: 8 * usd, lastHourNanoUsd: 4 * usd })?.usd ?? 0;
    // Four for the coming hour; the last three of the day at most three times as dear.
    expect(dear).toBeGreaterThan(8 + 4 + 3);
    expect(dear).toBeLessThan(8 + 4 + 9);
  });

  it('of a morning does not make a small beginning a large day', () => {
    const early =
      forecast({ nowMs: at(9.25), spentNanoUsd: 2 * usd, todayNanoUsd: 2 * usd, lastHourNanoUsd: 2 * usd })?.usd ?? 0;
    expect(early).toBeGreaterThan(8);
    expect(early).toBeLessThan(20);
  });

  it('of a week adds what the days of the week usually cost', () => {
    // Thursday and Friday like others; weekends have nothing.
    const isWeekend = (day: string) => [0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());
    const week = forecast({ period: 'week', spentNanoUsd: 20 * usd }, workdays(28, isWeekend));
    expect(week?.usd).toBeCloseTo(20 + 4 + 16, 5);
    const month = forecast({ period: 'month', spentNanoUsd: 60 * usd }, workdays(28, isWeekend));
    // From the 12th to the 30th there are 13 workdays.
    expect(month?.usd).toBeCloseTo(60 + 4 + 13 * 8, 5);
  });

  it('needs a basis', () => {
    expect(forecast({ lastHourNanoUsd: 0 })).toBeNull();
    expect(forecast({}, workdays(2))).toBeNull();
    expect(forecast({}, workdays(3))).not.toBeNull();
    expect(forecast({ period: 'week' }, workdays(6))).toBeNull();
    expect(forecast({ period: 'week' }, workdays(7))).not.toBeNull();
    expect(forecast({ period: 'session' })).toBeNull();
    expect(forecast({ period: 'rolling24h' })).toBeNull();
  });

  it('is never below what is spent, and the more the dearer the last hour', () => {
    const amount = fc.integer({ min: 1, max: 1e12 });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 23.99, noNaN: true }), amount, amount, amount, (hour, spent, last, more) => {
        const input = { nowMs: Math.floor(at(hour)), spentNanoUsd: spent, todayNanoUsd: spent };
        const low = forecast({ ...input, lastHourNanoUsd: last })?.nanoUsd ?? 0;
        const high = forecast({ ...input, lastHourNanoUsd: last + more })?.nanoUsd ?? 0;
        expect(low).toBeGreaterThanOrEqual(spent);
        expect(high).toBeGreaterThanOrEqual(low);
        expect(Number.isSafeInteger(low)).toBe(true);
      }),
    );
  });
});

describe('a runaway', () => {
  const usual = computeUsualDay(workdays(5), at(13), zone);

  it('is five minutes that cost a dollar and so many times the usual', () => {
    // A quarter of an hour is $0.25, so five minutes are 8.33 cents.
    expect(findRunaway(usd, usual, 10)?.times).toBeCloseTo(12, 5);
    expect(findRunaway(4.1 * usd, usual, 10)?.times).toBeCloseTo(49.2, 5);
    expect(findRunaway(usd, usual, 13)).toBeNull();
    expect(findRunaway(0.99 * usd, usual, 2)).toBeNull();
  });

  it('is none when it is turned off or nothing is usual yet', () => {
    expect(findRunaway(100 * usd, usual, 0)).toBeNull();
    expect(findRunaway(100 * usd, computeUsualDay(workdays(1), at(13), zone), 10)).toBeNull();
    expect(findRunaway(100 * usd, computeUsualDay([], at(13), zone), 10)).toBeNull();
  });
});
