import { describe, expect, test } from 'vitest';
import { countDays, nameStretch, periodRange, previousRange, stretchOf } from '../../../src/core/time/calendar.ts';

const zone = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso);
const iso = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
  [fromMs, toMs].map(ms => new Date(ms).toISOString());

describe('the range before', () => {
  test('of a range that is over is as many days before it, whatever the clocks did', () => {
    const range = { fromMs: at('2026-10-25T23:00:00Z'), toMs: at('2026-10-26T23:00:00Z') };
    // The day before has 25 hours.
    expect(iso(previousRange(range, null, at('2026-11-22T12:00:00Z'), zone))).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  test('of a range under way ends after the same time', () => {
    const now = at('2026-11-22T11:30:00Z');
    expect(iso(previousRange(periodRange('today', now, zone), 'today', now, zone))).toEqual([
      '2026-11-20T23:00:00.000Z',
      '2026-11-21T11:30:00.000Z',
    ]);
    expect(iso(previousRange(periodRange('month', now, zone), 'month', now, zone))[0]).toBe('2026-09-30T22:00:00.000Z');
    expect(iso(previousRange(periodRange('7d', now, zone), '7d', now, zone))).toEqual([
      '2026-11-08T23:00:00.000Z',
      '2026-11-15T11:30:00.000Z',
    ]);
  });

  test('of a month is never longer than that month was', () => {
    const now = at('2026-03-30T12:00:00Z');
    const [from, to] = iso(previousRange(periodRange('month', now, 'UTC'), 'month', now, 'UTC'));
    expect([from, to]).toEqual(['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z']);
  });

  test('of instants is as long as they are apart', () => {
    const range = { fromMs: at('2026-11-01T10:15:00Z'), toMs: at('2026-11-01T12:15:00Z') };
    expect(iso(previousRange(range, null, at('2026-11-22T12:00:00Z'), zone))).toEqual([
      '2026-11-01T08:15:00.000Z',
      '2026-11-01T10:15:00.000Z',
    ]);
  });
});

test('weeks begin on Monday and months on their first, and are named by these', () => {
  expect(stretchOf('2026-11-22', 'week')).toEqual(['2026-11-16', '2026-11-23']);
  expect(stretchOf('2026-12-31', 'month')).toEqual(['2026-12-01', '2027-01-01']);
  expect([nameStretch('2027-01-01', 'week'), nameStretch('2027-01-01', 'month')]).toEqual(['2026-12-28', '2027-01']);
});

test('days are those that a range touches', () => {
  expect(countDays({ fromMs: at('2026-10-24T22:00:00Z'), toMs: at('2026-10-25T23:00:00Z') }, zone)).toBe(1);
  expect(countDays({ fromMs: at('2026-10-24T21:59:00Z'), toMs: at('2026-10-25T23:00:01Z') }, zone)).toBe(3);
  expect(countDays({ fromMs: 5, toMs: 5 }, zone)).toBe(0);
});
