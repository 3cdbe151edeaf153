import { expect, test } from 'vitest';
import { formatInstant } from '../../../src/ui/instantText.ts';

const instant = '2026-11-22T23:30:00.000Z';

test('An instant is shown in the zone and the language', () => {
  expect(formatInstant(instant, 'Europe/Berlin', 'de')).toContain('23.11.2026');
  expect(formatInstant(instant, 'UTC', 'en-US')).toMatch(/Nov 22, 2026, 11:30:00/);
});

test('A zone or language nobody knows, or no instant, throws nothing', () => {
  expect(formatInstant(instant, 'Moon/Base', 'en')).toContain('2026');
  expect(formatInstant(instant, '', 'not a language')).toContain('2026');
  expect(formatInstant('soon', 'UTC', 'en')).toBe('soon');
});
