import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessBudget, notifyingThresholds } from '../../../../src/core/budget/assess.ts';
import { usdToNano } from '../../../../src/core/money.ts';

const assess = (spentUsd: number, limitUsd: number, thresholds: readonly number[] = [50, 80, 100]) =>
  assessBudget({ spentNanoUsd: usdToNano(spentUsd), limitUsd, thresholds });

describe('assessBudget', () => {
  it.each([
    [0, 'ok', []],
    [2.499999999, 'ok', []],
    [2.5, 'ok', [50]],
    [3.999999999, 'ok', [50]],
    [4, 'warning', [50, 80]],
    [4.999999999, 'warning', [50, 80]],
    [5, 'exceeded', [50, 80, 100]],
    [7, 'exceeded', [50, 80, 100]],
  ] as const)('%d of 5 USD is %s', (spent, state, crossed) => {
    expect(assess(spent, 5)).toMatchObject({ state, crossed, spentUsd: spent, limitUsd: 5 });
  });

  it('never has less than nothing left', () => {
    expect(assess(2, 5).remainingUsd).toBe(3);
    expect(assess(7, 5).remainingUsd).toBe(0);
  });

  it('has no budget with a limit of 0', () => {
    for (const limit of [0, -1, Number.NaN]) {
      expect(assess(7, limit)).toEqual({ state: 'none', spentUsd: 7, limitUsd: null, remainingUsd: null, crossed: [] });
    }
  });

  it('is exceeded at 100 % and quiet below 50 % whatever the thresholds', () => {
    expect(assess(5, 5, []).state).toBe('exceeded');
    expect(assess(4.9, 5, [50, 30]).state).toBe('ok');
    expect(assess(4.9, 5, []).state).toBe('ok');
  });

  it('reaches thresholds above 100 % later', () => {
    expect(assess(7, 5, [150, 100]).crossed).toEqual([100]);
    expect(assess(7.5, 5, [150, 100]).crossed).toEqual([100, 150]);
  });

  it('compares in integers, where floats fail', () => {
    // 0.1 + 0.2 > 0.3 as floats, and 0.07 * 100 is 7.000000000000001.
    expect(assess(0.1 + 0.2, 0.3).state).toBe('exceeded');
    expect(assess(0.07, 1, [7]).crossed).toEqual([7]);
    expect(assess(0.29, 1, [29]).crossed).toEqual([29]);
  });

  it('crosses a threshold exactly from its share on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 200 }), (cents, percent) => {
        const share = cents * percent * 100_000; // nano-USD: cents × 1e7 × percent / 100
        const at = (spentNanoUsd: number) =>
          assessBudget({ spentNanoUsd, limitUsd: cents / 100, thresholds: [percent] }).crossed;
        expect(at(share)).toEqual([percent]);
        expect(at(share - 1)).toEqual([]);
      }),
    );
  });
});

describe('notifyingThresholds', () => {
  it('are those above 50, ascending, each once', () => {
    expect(notifyingThresholds([100, 50, 80, 25, 80, 50.5])).toEqual([50.5, 80, 100]);
  });
});
