import { expect, test } from 'vitest';
import { formatInstant } from '../../../../src/ui/text/instantText.ts';

const instant = '2026-11-22T23:30:00.000Z';
const nextYear = Date.parse('2027-01-01T00:00:00Z');

test('An instant is shown in the zone and the language', () => {
  expect(formatInstant(instant, 'Europe/Berlin', 'de', nextYear)).toContain('23.11.2026');
  expect(formatInstant(instant, 'UTC', 'en-US', nextYear)).toMatch(/Nov 22, 2026, 11:30:00/);
});

test('An instant of today, by the days of the zone, is a time alone', () => {
  const soon = Date.parse('2026-11-22T23:59:00Z');
  expect(formatInstant(instant, 'UTC', 'en-US', soon)).toMatch(/^11:30:00\sPM$/);
  expect(formatInstant(instant, 'Europe/Berlin', 'de', soon)).toBe('00:30:00');
  expect(formatInstant(instant, 'UTC', 'en-US', soon + 120_000)).toContain('Nov 22, 2026');
});

test('A zone or language nobody knows, or no instant, throws nothing', () => {
  expect(formatInstant(instant, 'Moon/Base', 'en', nextYear)).toContain('2026');
  expect(formatInstant(instant, '', 'not a language', nextYear)).toContain('2026');
  expect(formatInstant('soon', 'UTC', 'en', nextYear)).toBe('soon');
});
