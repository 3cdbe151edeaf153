import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BudgetSetting,
  budgetPeriods,
  budgetScopes,
  defaultSettings,
  enforcements,
} from '../../../../src/contributions.ts';
import { type Budget, listBudgets } from '../../../../src/core/budget/budget.ts';
import { type BudgetLevel, mergeLevels } from '../../../../src/core/budget/levels.ts';
import { filterKey } from '../../../../src/core/budget/match.ts';

const team: BudgetSetting = {
  name: 'team',
  limitUsd: 10,
  period: 'month',
  scope: 'machine',
  match: {},
  includeSubscriptions: false,
};
const merge = (user: BudgetLevel, workspace: BudgetLevel) => mergeLevels(user, workspace, defaultSettings);
const lists = (user: BudgetSetting[], workspace: BudgetSetting[]) =>
  merge({ budgets: user }, { budgets: workspace }).budgets;

describe('budgets of user and workspace', () => {
  it('add up', () => {
    expect(lists([team], [{ ...team, name: 'ours' }]).map(({ name }) => name)).toEqual(['team', 'ours']);
  });

  it('with the same name, period, scope and match are one: the tighter of each', () => {
    expect(lists([team], [{ ...team, limitUsd: 4, enforce: 'gateway', includeSubscriptions: true }])).toEqual([
      { ...team, limitUsd: 4, enforce: 'gateway', includeSubscriptions: true },
    ]);
    const strict: BudgetSetting = { ...team, enforce: 'gateway', thresholds: [80], includeSubscriptions: true };
    expect(lists([strict], [{ ...team, limitUsd: 99, enforce: 'off', thresholds: [90] }])).toEqual([
      { ...strict, thresholds: [80, 90] },
    ]);
    // The user's general thresholds hold on.
    expect(lists([team], [{ ...team, thresholds: [99] }])).toEqual([team]);
  });

  it('with only the name in common are two', () => {
    const other: BudgetSetting = { ...team, period: 'day', limitUsd: 1 };
    const names = lists([team], [other, { ...team, name: 'team (workspace)' }]).map(({ name }) => name);
    expect(names.sort()).toEqual(['team', 'team (workspace 2)', 'team (workspace)']);
    const narrow = { ...team, match: { model: 'x' } };
    expect(lists([team], [narrow])).toEqual([team, { ...narrow, name: 'team (workspace)' }]);
  });

  it('leave the daily budget to the workspace, but for a user who enforces', () => {
    const daily = (user: BudgetLevel, workspace: BudgetLevel) => merge(user, workspace)['budget.daily'];
    expect(daily({}, {})).toBe(5);
    expect(daily({ 'budget.daily': 8 }, {})).toBe(8);
    expect(daily({ 'budget.daily': 8 }, { 'budget.daily': 20 })).toBe(20);
    expect(daily({ 'budget.daily': 8 }, { 'budget.daily': 0 })).toBe(0);
    const user: BudgetLevel = { 'budget.daily': 8, 'budget.enforce': 'gateway' };
    expect([20, 0, 3].map(limit => daily(user, { 'budget.daily': limit }))).toEqual([8, 8, 3]);
    // The default is what a user has who set none.
    expect(daily({ 'budget.enforce': 'gateway' }, { 'budget.daily': 20 })).toBe(5);
    expect(daily({ 'budget.daily': 0, 'budget.enforce': 'gateway' }, { 'budget.daily': 3 })).toBe(3);
  });

  it('enforce where either says so', () => {
    const enforce = (user: BudgetLevel, workspace: BudgetLevel) => merge(user, workspace)['budget.enforce'];
    expect(enforce({ 'budget.enforce': 'gateway' }, { 'budget.enforce': 'off' })).toBe('gateway');
    expect(enforce({}, { 'budget.enforce': 'gateway' })).toBe('gateway');
    expect(enforce({ 'budget.enforce': 'off' }, {})).toBe('off');
  });
});

const setting: fc.Arbitrary<BudgetSetting> = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'a (workspace)', 'c'),
    limitUsd: fc.constantFrom(0.5, 1, 20),
    period: fc.constantFrom(...budgetPeriods),
    scope: fc.constantFrom(...budgetScopes),
    match: fc.constantFrom({}, { model: 'gpt-*' }, { agent: 'codex', model: 'x' }),
    thresholds: fc.constantFrom([50], [90, 100]),
    enforce: fc.constantFrom(...enforcements),
    includeSubscriptions: fc.boolean(),
  },
  { requiredKeys: ['name', 'limitUsd', 'period', 'scope', 'match', 'includeSubscriptions'] },
);
const level: fc.Arbitrary<BudgetLevel> = fc.record(
  {
    'budget.daily': fc.constantFrom(0, 1, 9),
    'budget.enforce': fc.constantFrom(...enforcements),
    budgets: fc.uniqueArray(setting, { selector: ({ name }) => name, maxLength: 4 }),
  },
  { requiredKeys: [] },
);

/** Whether `budget` refuses and warns wherever `other` does. */
const isAsTight = (budget: Budget, other: Budget): boolean =>
  budget.period === other.period &&
  budget.scope === other.scope &&
  filterKey({ ...budget, includeSubscriptions: true }) === filterKey({ ...other, includeSubscriptions: true }) &&
  budget.limitUsd <= other.limitUsd &&
  (budget.enforce === 'gateway' || other.enforce === 'off') &&
  (budget.includeSubscriptions || !other.includeSubscriptions) &&
  other.thresholds.every(threshold => budget.thresholds.includes(threshold));

describe('a workspace', () => {
  it('never loosens what the user set, whatever it says', () => {
    fc.assert(
      fc.property(level, level, (user, workspace) => {
        const settings = { ...defaultSettings, ...merge(user, workspace) };
        const names = settings.budgets.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        const merged = listBudgets(settings);
        const alone = listBudgets({ ...defaultSettings, ...merge(user, {}) });
        for (const budget of alone) {
          // The advisory daily budget is the workspace's own.
          if (budget.key !== 'daily' || budget.enforce === 'gateway') {
            expect(merged.filter(other => other.name === budget.name && isAsTight(other, budget))).toHaveLength(1);
          }
        }
      }),
    );
  });
});
