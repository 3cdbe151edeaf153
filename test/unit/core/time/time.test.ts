import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../../../src/core/time/time.ts';

const ms = Date.parse('2026-11-22T13:06:40.123Z');

describe('parseTimestamp', () => {
  it.each([
    ['2026-11-22T13:06:40.123Z', ms],
    ['2026-11-22T13:06:40.123', ms],
    ['2026-11-22 13:06:40.123', ms],
    ['2026-11-22T14:06:40.123+01:00', ms],
    ['2026-11-22T18:51:40.123+0545', ms],
    ['2026-11-22T03:06:40.123-10', ms],
    ['2026-11-22T13:06:40.123999999Z', ms],
    ['2026-11-22T13:06:40.1Z', ms - 23],
    ['2026-11-22t13:06z', Date.parse('2026-11-22T13:06Z')],
    ['2026-11-22', Date.parse('2026-11-22T00:00Z')],
    ['2016-12-31T23:59:60Z', Date.parse('2016-12-31T23:59:59.999Z')],
  ])('reads ISO 8601 %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    [1795352800, 1795352800000],
    [1795352800.123, 1795352800123],
    [1795352800123, 1795352800123],
    [1795352800123456, 1795352800123],
    [1795352800123456800, 1795352800123],
    [1795352800123999999n, 1795352800123],
    ['1795352800', 1795352800000],
    ['1795352800.123', 1795352800123],
    ['1795352800123', 1795352800123],
    ['1795352800123456', 1795352800123],
    ['1795352800123999999', 1795352800123],
  ])('reads the epoch %s by its size', (value: unknown, expected) => {
    expect(parseTimestamp(value)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    true,
    {},
    '',
    'now',
    '22.11.2026',
    '2026-02-30T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:61:00Z',
    '2026-11-22T10:00:00+25:00',
    '0001-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
    0,
    5,
    -1795352800,
    1e30,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('gives null for %s', value => {
    expect(parseTimestamp(value)).toBeNull();
  });

  it('reads every millisecond in every form alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) - 1 }), instant => {
        const digits = String(instant);
        expect(parseTimestamp(new Date(instant).toISOString())).toBe(instant);
        expect(parseTimestamp(instant)).toBe(instant);
        expect(parseTimestamp(instant / 1000)).toBe(instant);
        expect(parseTimestamp(instant * 1000)).toBe(instant);
        expect(parseTimestamp(`${digits}000`)).toBe(instant);
        expect(parseTimestamp(`${digits}000000`)).toBe(instant);
      }),
    );
  });
});
