import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRules, formatStanding } from '../../../../src/ui/budgets/budgetText.ts';
import { findNextLimit } from '../../../../src/ui/budgets/nextLimit.ts';
import { plainText } from '../../../../src/ui/text/translate.ts';
import { budgetStatus } from '../../api/answers.ts';

describe('the next limit', () => {
  it.each([
    [5, 5, 7.5],
    [5, 5.02, 7.5],
    [5, 0, 7.5],
    [5, 9, 15],
    [50, 51, 75],
    [100, 100, 150],
    [0.5, 0.5, 0.75],
    [1_000_000, 1_000_000, 1_000_000],
  ])('of %d with %d spent is %d', (limit, spent, next) => {
    expect(findNextLimit(limit, spent)).toBe(next);
  });

  it('is above limit and spend, and not far above', () => {
    const usd = fc.double({ min: 0.01, max: 500_000, noNaN: true });
    fc.assert(
      fc.property(usd, usd, (limit, spent) => {
        const next = findNextLimit(limit, spent);
        expect(next).toBeGreaterThan(Math.max(limit, spent));
        expect(next).toBeLessThanOrEqual(2.5 * Math.max(limit, spent));
      }),
    );
  });
});

describe('a row of “Edit Budgets…”', () => {
  it('says how the budget stands', () => {
    expect(formatStanding(undefined, 5, plainText)).toBe('$5.00');
    expect(formatStanding(undefined, 'five', plainText)).toBe('');
    const status = budgetStatus({ spent_usd: 1.2, forecast_usd: 7.8 });
    expect(formatStanding(status, 5, plainText)).toBe('$1.20 of $5.00 (24%) · On pace for $7.80 by midnight.');
  });

  it('says what it counts and does', () => {
    expect(formatRules({ name: 'a', limitUsd: 1 }, plainText)).toBe('each day · this workspace');
    const whole = {
      period: 'rolling24h',
      scope: 'machine',
      match: { taskType: 'review', model: 'gpt-*' },
      enforce: 'gateway',
    };
    expect(formatRules(whole, plainText)).toBe(
      'any 24 hours · all workspaces · task type review · model gpt-* · refuses calls when it is spent',
    );
  });
});
