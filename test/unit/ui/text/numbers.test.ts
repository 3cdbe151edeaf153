import { afterEach, expect, test } from 'vitest';
import { formatClock, formatCount, formatUsd, isOne, setWindowLanguage } from '../../../../src/ui/text/numbers.ts';

const english = { language: 'en', isTranslated: false, unpriced: 'unpriced' };
afterEach(() => setWindowLanguage(english));

test('Numbers are in the language of the window, from when it is known', () => {
  expect([formatCount(1234), formatUsd(1234.5), formatUsd(null)]).toEqual(['1,234', '$1,234.50', 'unpriced']);
  setWindowLanguage({ language: 'de', isTranslated: true, unpriced: 'ohne Preis' });
  expect([formatCount(1234), formatUsd(1234.5), formatUsd(null)]).toEqual(['1.234', '1.234,50\u00a0$', 'ohne Preis']);
  expect(formatClock(Date.UTC(2026, 10, 22, 12, 5))).toMatch(/^\d{2}:05$/);
});

test('Plurals follow the language of the texts, not that of the numbers', () => {
  // Of nothing, French has the singular and English the plural.
  setWindowLanguage({ language: 'fr', isTranslated: false, unpriced: 'unpriced' });
  expect([0, 1, 2].map(isOne)).toEqual([false, true, false]);
  setWindowLanguage({ language: 'fr', isTranslated: true, unpriced: 'sans prix' });
  expect([0, 1, 2].map(isOne)).toEqual([true, true, false]);
  setWindowLanguage({ language: 'de', isTranslated: true, unpriced: 'ohne Preis' });
  expect([0, 1, 2].map(isOne)).toEqual([false, true, false]);
});
