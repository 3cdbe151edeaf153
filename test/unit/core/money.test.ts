import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoToUsd, usdToNano } from '../../../src/core/money.ts';

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
