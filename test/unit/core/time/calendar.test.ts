import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  hourOf,
  isValidZone,
  parseInstantOrDay,
  periodRange,
  resolveZone,
  startOfDay,
  systemZone,
} from '../../../../src/core/time/calendar.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString();
const hour = 3_600_000;

const zones = [
  'UTC',
  'Asia/Beirut',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/New_York',
  'Europe/Berlin',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'America/Nuuk',
];

describe('zones', () => {
  it('takes IANA names only', () => {
    expect(zones.every(isValidZone)).toBe(true);
    expect(['', '+02:00', '-05', 'Mars/Phobos', 'UTC+2', '2'].some(isValidZone)).toBe(false);
  });

  it('resolves a setting, empty to the system zone', () => {
    expect(resolveZone('')).toBe(systemZone());
    expect(resolveZone(' Asia/Kathmandu ')).toBe('Asia/Kathmandu');
    expect(() => resolveZone('Berlin')).toThrow(/"Berlin" is not an IANA time zone/);
    expect(() => resolveZone('+02:00')).toThrow(RangeError);
  });
});

describe('days', () => {
  it.each([
    ['UTC', '2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['Asia/Kathmandu', '2026-11-22', '2026-11-21T18:15:00.000Z'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00:00.000Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
    // Clocks go from 00:00 to 01:00, so the day starts at 01:00.
    ['Asia/Beirut', '2024-03-31', '2024-03-30T22:00:00.000Z'],
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    // Clocks went from 24:00 back to 23:00: the day before has 25 hours.
    ['America/Sao_Paulo', '2018-02-18', '2018-02-18T03:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-06', '2026-04-05T13:30:00.000Z'],
    // Samoa crossed the date line: there was no 30 December 2011.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('%s: %s starts at %s', (zone, day, start) => {
    expect(iso(startOfDay(day, zone))).toBe(start);
  });

  it('names the day and the hour on the clock', () => {
    expect(dayOf(at('2026-11-22T02:30:00Z'), 'America/New_York')).toBe('2026-11-21');
    expect(dayOf(at('2011-12-30T09:59:59.999Z'), 'Pacific/Apia')).toBe('2011-12-29');
    expect(dayOf(at('2011-12-30T10:00:00Z'), 'Pacific/Apia')).toBe('2011-12-31');
    expect(hourOf(at('2026-11-22T02:30:00Z'), 'America/New_York')).toBe('2026-11-21T21:00');
    expect(hourOf(at('2026-11-22T18:14:59Z'), 'Asia/Kathmandu')).toBe('2026-11-22T23:00');
    expect(hourOf(at('2026-11-22T18:15:00Z'), 'Asia/Kathmandu')).toBe('2026-11-23T00:00');
  });

  it.each(['America/St_Johns', 'America/Goose_Bay'])(
    'has no gaps where the clock of %s goes back over midnight',
    zone => {
      // At 00:01 on 7 November 2010 it went back to 23:01 on the 6th: the 7th began, ended and began again.
      const days = new Set<string>();
      for (let ms = at('2010-11-07T02:00Z'); ms < at('2010-11-07T05:00Z'); ms += 20_000) {
        dayOf(at('2020-01-01T12:00Z'), zone); // so that the answer is not the remembered day
        const day = dayOf(ms, zone);
        expect(ms).toBeGreaterThanOrEqual(startOfDay(day, zone));
        expect(ms).toBeLessThan(startOfDay(addDays(day, 1), zone));
        days.add(day);
      }
      expect([...days]).toEqual(['2010-11-06', '2010-11-07']);
    },
  );

  it('counts days over months and leap years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
  });

  it('refuses what is no day', () => {
    for (const bad of ['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', 'today', '']) {
      expect(() => startOfDay(bad, 'UTC'), bad).toThrow(RangeError);
    }
  });
});

describe('periods', () => {
  const now = at('2026-11-22T12:00:00Z'); // a Sunday

  it.each([
    ['today', '2026-11-22', '2026-11-23'],
    ['week', '2026-11-16', '2026-11-23'],
    ['month', '2026-11-01', '2026-12-01'],
    ['7d', '2026-11-16', '2026-11-23'],
    ['30d', '2026-10-24', '2026-11-23'],
  ] as const)('%s is [%s, %s)', (period, from, to) => {
    expect(periodRange(period, now, 'UTC')).toEqual({ fromMs: at(`${from}T00:00Z`), toMs: at(`${to}T00:00Z`) });
  });

  it('starts the ISO week on Monday, also at its turn', () => {
    const monday = at('2026-11-23T00:00:00Z');
    expect(periodRange('week', monday, 'UTC').fromMs).toBe(monday);
    expect(periodRange('week', monday - 1, 'UTC').toMs).toBe(monday);
  });

  it('has days of 23 and 25 hours', () => {
    const spring = periodRange('today', at('2026-03-08T15:00Z'), 'America/New_York');
    const autumn = periodRange('today', at('2026-11-01T15:00Z'), 'America/New_York');
    expect(spring.toMs - spring.fromMs).toBe(23 * hour);
    expect(autumn.toMs - autumn.fromMs).toBe(25 * hour);
  });
});

describe('parseInstantOrDay', () => {
  it('takes days of the zone and instants', () => {
    expect(iso(parseInstantOrDay('2026-11-22', 'America/New_York'))).toBe('2026-11-22T05:00:00.000Z');
    expect(iso(parseInstantOrDay('2026-11-22T10:00:00Z', 'America/New_York'))).toBe('2026-11-22T10:00:00.000Z');
    expect(iso(parseInstantOrDay('2026-11-22T10:00:00+01:00', 'UTC'))).toBe('2026-11-22T09:00:00.000Z');
  });

  it('refuses the rest', () => {
    for (const bad of ['', 'yesterday', '2026-02-30', '2026-11-22T25:00:00Z', '1795300000']) {
      expect(() => parseInstantOrDay(bad, 'UTC'), bad).toThrow(RangeError);
    }
  });
});

describe('properties', () => {
  const zone = fc.constantFrom(...zones);
  const instant = fc.integer({ min: at('1985-01-01T00:00Z'), max: at('2040-01-01T00:00Z') });
  // Random instants seldom meet a change of clocks; these are within two days of one.
  const nearChange = fc
    .tuple(
      fc.constantFrom(
        '2011-12-30T10:00Z',
        '2024-03-31T00:00Z',
        '2018-11-04T03:00Z',
        '2018-02-18T02:00Z',
        '2010-11-07T03:00Z',
      ),
      fc.integer({ min: -48 * hour, max: 48 * hour }),
    )
    .map(([change, delta]) => at(change) + delta);
  const moment = fc.oneof(instant, nearChange);

  it('puts every instant in exactly one day', () => {
    fc.assert(
      fc.property(zone, moment, (name, ms) => {
        const day = dayOf(ms, name);
        expect(ms).toBeGreaterThanOrEqual(startOfDay(day, name));
        expect(ms).toBeLessThan(startOfDay(addDays(day, 1), name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('tiles time with days of 0 to 48 hours', () => {
    fc.assert(
      fc.property(zone, moment, (name, ms) => {
        const day = dayOf(ms, name);
        const [start, end] = [startOfDay(day, name), startOfDay(addDays(day, 1), name)];
        expect(end - start).toBeGreaterThan(0);
        expect(end - start).toBeLessThanOrEqual(48 * hour);
        expect(dayOf(start, name)).toBe(day);
        expect(dayOf(end - 1, name)).toBe(day);
        expect(dayOf(end, name) > day).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['week', 'month', '7d', '30d'] as const)('makes %s a union of whole days', period => {
    fc.assert(
      fc.property(zone, moment, (name, ms) => {
        const { fromMs, toMs } = periodRange(period, ms, name);
        expect(fromMs).toBeLessThanOrEqual(ms);
        expect(ms).toBeLessThan(toMs);
        expect(startOfDay(dayOf(fromMs, name), name)).toBe(fromMs);
        expect(startOfDay(dayOf(toMs, name), name)).toBe(toMs);
        if (period === 'week' || period === 'month') {
          expect(periodRange(period, fromMs, name)).toEqual({ fromMs, toMs });
          expect(periodRange(period, toMs - 1, name)).toEqual({ fromMs, toMs });
        }
      }),
    );
  });
});
