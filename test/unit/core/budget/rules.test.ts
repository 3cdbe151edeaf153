import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../../src/contributions.ts';
import { assessBudget } from '../../../../src/core/budget/assess.ts';
import { listBudgets } from '../../../../src/core/budget/budget.ts';
import { createFilter } from '../../../../src/core/budget/match.ts';
import { findTightest } from '../../../../src/core/budget/tightest.ts';
import { usdToNano } from '../../../../src/core/money.ts';

const call = { agent: 'codex', model: 'gpt-5.1-mini', taskType: 'review', userId: 'ann', branch: null, plan: null };
const counts = (match: object, changes: object = {}, includeSubscriptions = false) =>
  createFilter({ match, includeSubscriptions })({ ...call, ...changes });

describe('which calls count', () => {
  it.each([
    [{}, true],
    [{ agent: 'codex' }, true],
    [{ agent: 'CODEX ' }, false],
    [{ agent: 'Codex' }, true],
    [{ agent: 'code' }, false],
    [{ model: 'gpt-5*' }, true],
    [{ model: '*mini' }, true],
    [{ model: 'gpt*5*mini' }, true],
    [{ model: 'gpt-4*' }, false],
    [{ taskType: 'review', user: 'ann' }, true],
    [{ taskType: 'review', user: 'bob' }, false],
    [{ branch: '*' }, false],
  ])('with %j: %s', (match, expected) => {
    expect(counts(match)).toBe(expected);
  });

  it('leaves out what a subscription pays for, unless it is included', () => {
    expect(counts({}, { plan: 'subscription' })).toBe(false);
    expect(counts({}, { plan: 'subscription' }, true)).toBe(true);
    expect(counts({}, { plan: 'api' })).toBe(true);
  });

  it('takes names as they are: nothing but * is special', () => {
    expect(counts({ branch: 'a.b+c' }, { branch: 'a.b+c' })).toBe(true);
    expect(counts({ branch: 'a.b' }, { branch: 'axb' })).toBe(false);
  });
});

describe('the budgets in effect', () => {
  it('are the daily one and the list, with what they inherit', () => {
    const listed = {
      name: 'a b',
      limitUsd: 1,
      period: 'week',
      scope: 'machine',
      match: {},
      includeSubscriptions: true,
    } as const;
    const budgets = listBudgets({
      ...defaultSettings,
      budgets: [listed, { ...listed, name: 'c', thresholds: [90], enforce: 'gateway' }],
    });
    expect(budgets).toMatchObject([
      {
        key: 'daily',
        name: 'daily',
        period: 'day',
        scope: 'workspace',
        limitUsd: 5,
        thresholds: [50, 80, 100],
        enforce: 'off',
      },
      { key: 'budget/a%20b', thresholds: [50, 80, 100], enforce: 'off' },
      { key: 'budget/c', thresholds: [90, 100], enforce: 'gateway' },
    ]);
    expect(listBudgets({ ...defaultSettings, 'budget.daily': 0 })).toEqual([]);
    const [enforced] = listBudgets({ ...defaultSettings, 'budget.enforce': 'gateway', 'budget.thresholds': [] });
    expect(enforced?.thresholds).toEqual([100]);
  });
});

describe('the tightest budget', () => {
  const at = (spent: number, limit: number, thresholds = [80, 100]) =>
    assessBudget({ spentNanoUsd: usdToNano(spent), limitUsd: limit, thresholds });

  it('is the one in the worst state, then the one spent furthest, then the one with the least left', () => {
    expect(findTightest([])).toBeUndefined();
    expect(findTightest([at(9, 0)])).toBeUndefined();
    expect(findTightest([at(1, 10), at(5, 5), at(90, 100)])?.limitUsd).toBe(5);
    expect(findTightest([at(75, 100), at(7, 10, [60])])?.limitUsd).toBe(10);
    expect(findTightest([at(5, 10), at(50, 100)])?.limitUsd).toBe(10);
  });

  it('is never one while another is exceeded', () => {
    const budget = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 100 }));
    fc.assert(
      fc.property(fc.array(budget, { minLength: 1, maxLength: 6 }), budgets => {
        const assessed = budgets.map(([spent, limit]) => at(spent, limit));
        const isAnyExceeded = assessed.some(({ state }) => state === 'exceeded');
        expect(findTightest(assessed)?.state === 'exceeded').toBe(isAnyExceeded);
      }),
    );
  });
});
