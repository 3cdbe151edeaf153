import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNumberFormats, findLocale } from '../../../src/core/numberFormats.ts';

const english = createNumberFormats('en', 'unpriced');
const german = createNumberFormats('de', 'ohne Preis');
/** What Intl writes between digits and signs is a space that does not break. */
const plain = (text: string): string => text.replace(/\p{Zs}/gu, ' ');

describe('USD in English', () => {
  it.each([
    [1.23, '$1.23'],
    [0, '$0.00'],
    [0.0000001, '<$0.01'],
    [0.0099999, '<$0.01'],
    [0.01, '$0.01'],
    [1.005, '$1.01'],
    [1.004999, '$1.00'],
    [0.995, '$1.00'],
    [1234.5, '$1,234.50'],
    [1234567.891, '$1,234,567.89'],
    [-1.5, '-$1.50'],
    [null, 'unpriced'],
  ])('%s → %s', (usd, text) => {
    expect(english.usd(usd)).toBe(text);
  });
});

describe('USD of one call in English', () => {
  it.each([
    [0.006, '$0.006'],
    [0.0000125, '$0.0000125'],
    [0.034656, '$0.034656'],
    [0, '$0.00'],
    [1.5, '$1.50'],
    [0.1, '$0.10'],
    [12.3456789, '$12.3456789'],
    [0.123456789, '$0.12345679'],
    [0.009999999, '$0.01'],
    [1234.5678, '$1,234.5678'],
    [0.0000000001, '<$0.000000001'],
    [20_000_000, '$20,000,000.00'],
    [-0.006, '-$0.006'],
    [null, 'unpriced'],
  ])('%s → %s', (usd, text) => {
    expect(english.usdPrecise(usd)).toBe(text);
  });
});

describe('tokens for a narrow place', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [999, '999'],
    [1000, '1k'],
    [1234, '1.23k'],
    [12_345, '12.3k'],
    [99_950, '100k'],
    [999_499, '999k'],
    [999_500, '1M'],
    [4_560_000, '4.56M'],
    [1_000_000_000, '1B'],
  ])('%d → %s', (tokens, text) => {
    expect(english.tokens(tokens)).toBe(text);
  });
});

describe('German', () => {
  it.each([
    [german.usd(1234.5), '1.234,50 $'],
    [german.usd(0.001), '<0,01 $'],
    [german.usd(-0.001), '>-0,01 $'],
    [german.usd(null), 'ohne Preis'],
    [german.usdPrecise(0.0000125), '0,0000125 $'],
    [german.usdFixed(0.01, 3), '0,010 $'],
    [german.usdShort(12_345.6), '12,3k $'],
    [german.usdShort(1_234_567), '1,23 Mio. $'],
    [german.count(1_234_567), '1.234.567'],
    [german.tokens(950), '950'],
    [german.tokens(12_345), '12,3k'],
    [german.tokens(4_560_000), '4,56 Mio.'],
    [german.tokens(1_230_000_000), '1,23 Mrd.'],
    [german.percent(0.123), '12 %'],
    [german.decimal(12, 1), '12,0'],
  ])('%j', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});

describe('other languages', () => {
  it('have US dollars, and the letters for powers of 1000 where they count in other powers', () => {
    expect(createNumberFormats('en-GB', '').usd(1234.5)).toBe('$1,234.50');
    expect(createNumberFormats('ja', '').tokens(4_560_000)).toBe('4.56M');
    expect(plain(createNumberFormats('fr', '').usd(1234.5))).toBe('1 234,50 $');
  });

  it('are English where Intl does not know them', () => {
    expect(['qps-ploc', 'not a language', '', 'zh-cn', 'pt-br'].map(findLocale)).toEqual([
      'en',
      'en',
      'en',
      'zh-CN',
      'pt-BR',
    ]);
    expect(createNumberFormats('qps-ploc', '').count(1234)).toBe('1,234');
  });
});

describe('any amount', () => {
  it('has the digits it is counted in, whatever the language', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 14 }), cents => {
        const digits = (text: string) => BigInt(text.replace(/\D/g, ''));
        expect([english, german].map(({ usd }) => digits(usd(cents / 100)))).toEqual([BigInt(cents), BigInt(cents)]);
      }),
    );
  });

  it('is not too large to be written', () => {
    expect(english.usd(1e20)).toBe('$100,000,000,000,000,000,000.00');
    expect(english.usdShort(1e15)).toBe('$1,000T');
  });
});
