import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../../src/core/settings/parseSettings.ts';

const parse = (budgets: unknown) => {
  const { settings, problems } = parseSettings({ budgets });
  return { budgets: settings.budgets, problems };
};

describe('budgets in the settings', () => {
  it('have defaults for what is left out, and keep what is inherited open', () => {
    expect(parse([{ name: ' team ', limitUsd: 50 }])).toEqual({
      budgets: [
        { name: 'team', limitUsd: 50, period: 'day', scope: 'workspace', match: {}, includeSubscriptions: false },
      ],
      problems: [],
    });
    const whole = {
      name: 'x',
      limitUsd: 0.5,
      period: 'rolling24h',
      scope: 'machine',
      match: { agent: 'codex', model: 'gpt-5*', taskType: 'review', user: 'ann', branch: 'main' },
      thresholds: [90, 100],
      enforce: 'gateway',
      includeSubscriptions: true,
    };
    expect(parse([whole])).toEqual({ budgets: [whole], problems: [] });
  });

  it.each([
    ['no object', 5, 'number 1: it must be an object'],
    ['no name', { limitUsd: 5 }, 'number 1: "name" must be a name of at most 60 characters'],
    ['an empty name', { name: ' ', limitUsd: 5 }, '"name" must be'],
    ['a long name', { name: 'x'.repeat(61), limitUsd: 5 }, '"name" must be'],
    ['the name of the simple one', { name: 'daily', limitUsd: 5 }, 'belongs to the setting budget.daily'],
    ['no limit', { name: 'a' }, '"a": "limitUsd" must be an amount in USD above 0'],
    ['a limit of nothing', { name: 'a', limitUsd: 0 }, '"limitUsd" must be'],
    ['a limit in words', { name: 'a', limitUsd: '5' }, '"limitUsd" must be'],
    ['a period nobody knows', { name: 'a', limitUsd: 5, period: 'year' }, '"period" must be one of day, week'],
    ['a null', { name: 'a', limitUsd: 5, scope: null }, '"scope" must be one of workspace, machine'],
    ['a field nobody knows', { name: 'a', limitUsd: 5, treshold: 1 }, 'there is no "treshold"'],
    ['a match nobody knows', { name: 'a', limitUsd: 5, match: { modle: 'x' } }, '"match" must be an object'],
    ['an empty match', { name: 'a', limitUsd: 5, match: { model: '' } }, '"match" must be an object'],
    ['thresholds below 0', { name: 'a', limitUsd: 5, thresholds: [-1] }, '"thresholds" must be a list'],
    ['another way to enforce', { name: 'a', limitUsd: 5, enforce: true }, '"enforce" must be one of off, gateway'],
  ])('drop one with %s, and only that one, with a problem', (_, entry, words) => {
    const { budgets, problems } = parse([entry, { name: 'good', limitUsd: 1 }]);
    expect(budgets.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key: 'budgets.0', message: expect.stringContaining(words) });
    expect(problems[0]?.message).toMatch(/; it is not used\.$/);
  });

  it('have each name once', () => {
    const { budgets, problems } = parse([
      { name: 'a', limitUsd: 1 },
      { name: 'a', limitUsd: 2 },
    ]);
    expect(budgets).toMatchObject([{ limitUsd: 1 }]);
    expect(problems[0]?.message).toContain('another one has this name already');
  });

  it('are a list', () => {
    expect(parse({})).toMatchObject({ budgets: [], problems: [{ key: 'budgets' }] });
  });
});
