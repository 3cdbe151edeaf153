import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd, formatUsdPrecise, nanoToUsd, usdToNano } from '../../../src/core/money.ts';
import { formatTokens } from '../../../src/core/tokensText.ts';

describe('usdToNano', () => {
  it('rounds half up by the decimal digits as written', () => {
    expect(usdToNano(0.006)).toBe(6_000_000);
    expect(usdToNano(1.0000000005)).toBe(1_000_000_001);
    expect(usdToNano(0.0000000004)).toBe(0);
    expect(usdToNano(5e-10)).toBe(1);
    expect(usdToNano(0.1 + 0.2)).toBe(300_000_000);
    expect(Object.is(usdToNano(-1e-12), 0)).toBe(true);
  });

  it('refuses what is no amount', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e10]) {
      expect(() => usdToNano(bad)).toThrow(RangeError);
    }
  });

  it('is the inverse of nanoToUsd', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), nano => {
        expect(usdToNano(nanoToUsd(nano))).toBe(nano);
      }),
    );
  });
});

describe('formatUsd', () => {
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
    expect(formatUsd(usd)).toBe(text);
  });
});

describe('formatUsdPrecise', () => {
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
    expect(formatUsdPrecise(usd)).toBe(text);
  });
});

describe('formatTokens', () => {
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
    expect(formatTokens(tokens)).toBe(text);
  });
});
