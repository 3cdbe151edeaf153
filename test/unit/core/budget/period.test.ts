import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetRange,
  periodEnd,
  periodNames,
  previousRange,
  quarterMs,
  type TimedPeriod,
} from '../../../../src/core/budget/period.ts';
import { addDays, dayOf } from '../../../../src/core/time/calendar.ts';

const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia', 'Europe/Berlin'];
const hourMs = 3_600_000;
const zone = fc.constantFrom(...zones);
/** 2024 to 2028: every change of the clocks, in both directions, and a leap day. */
const instant = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 11, 31) });
const period = fc.constantFrom<TimedPeriod>('day', 'week', 'month', 'rolling24h');

describe('the range of a period', () => {
  it('holds the instant and consists of quarters of an hour', () => {
    fc.assert(
      fc.property(period, instant, zone, (name, now, in_) => {
        const { fromMs, toMs } = budgetRange(name, now, in_);
        expect(now >= fromMs && now < toMs).toBe(true);
        expect([fromMs % quarterMs, toMs % quarterMs]).toEqual([0, 0]);
      }),
    );
  });

  it('follows the one before without a gap, and is the same for all its instants', () => {
    const calendar = fc.constantFrom<TimedPeriod>('day', 'week', 'month');
    fc.assert(
      fc.property(calendar, instant, zone, fc.double({ min: 0, max: 0.999, noNaN: true }), (name, now, in_, share) => {
        const range = budgetRange(name, now, in_);
        const before = previousRange(name, range, in_);
        expect(before.toMs).toBe(range.fromMs);
        expect(budgetRange(name, range.toMs, in_).fromMs).toBe(range.toMs);
        const other = range.fromMs + Math.floor((range.toMs - range.fromMs) * share);
        expect(budgetRange(name, other, in_)).toEqual(range);
        expect(periodNames(name, other, in_)).toEqual(periodNames(name, now, in_));
        expect(periodNames(name, range.toMs, in_)).not.toEqual(periodNames(name, now, in_));
        expect(periodEnd(name, now, in_)).toBe(range.toMs);
      }),
    );
  });

  it('of a week and a month are sums of days', () => {
    fc.assert(
      fc.property(fc.constantFrom<TimedPeriod>('week', 'month'), instant, zone, (name, now, in_) => {
        const { fromMs, toMs } = budgetRange(name, now, in_);
        let at = fromMs;
        let days = 0;
        while (at < toMs) {
          at = budgetRange('day', at, in_).toMs;
          days += 1;
        }
        expect(at).toBe(toMs);
        // Since 2011 no zone has skipped a day.
        expect(days).toBe(name === 'week' ? 7 : Number(addDays(dayOf(toMs, in_), -1).slice(8)));
      }),
    );
  });

  it('of a day has 23 to 25 hours where a clock changes', () => {
    const hours = (at: number, in_: string) => {
      const { fromMs, toMs } = budgetRange('day', at, in_);
      return (toMs - fromMs) / hourMs;
    };
    expect(hours(Date.UTC(2026, 2, 8, 15), 'America/New_York')).toBe(23);
    expect(hours(Date.UTC(2026, 10, 1, 15), 'America/New_York')).toBe(25);
    expect(hours(Date.UTC(2026, 3, 4, 18), 'Australia/Lord_Howe')).toBe(24.5);
    expect(hours(Date.UTC(2026, 9, 3, 18), 'Australia/Lord_Howe')).toBe(23.5);
  });

  it('of the last 24 hours has at least those, and at most half an hour more', () => {
    fc.assert(
      fc.property(instant, zone, (now, in_) => {
        const { fromMs, toMs } = budgetRange('rolling24h', now, in_);
        expect(fromMs <= now - 24 * hourMs && toMs > now).toBe(true);
        expect(toMs - fromMs).toBe(24 * hourMs + quarterMs);
      }),
    );
  });
});

describe('the names of the last 24 hours', () => {
  it('have one in common for 24 hours, and none from the 25th on', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 24 * hourMs }), (marked, later) => {
        const [mark] = periodNames('rolling24h', marked, 'UTC');
        expect(periodNames('rolling24h', marked + later, 'UTC')).toContain(mark);
        expect(periodNames('rolling24h', marked + 25 * hourMs, 'UTC')).not.toContain(mark);
      }),
    );
  });
});
