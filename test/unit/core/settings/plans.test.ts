import { expect, test } from 'vitest';
import { parseSettings } from '../../../../src/core/settings/parseSettings.ts';

test('plans are taken by agent, and a bad one does not take the others with it', () => {
  const { settings, problems } = parseSettings({
    plans: { 'claude-code': 'subscription', codex: 'api', cline: 'free' },
  });
  expect(settings.plans).toEqual({ 'claude-code': 'subscription', codex: 'api' });
  expect(problems.map(({ key }) => key)).toEqual(['plans.cline']);
  expect(problems[0]?.message).toBe('The plan of "cline" must be "api" or "subscription"; it counts as "api".');
});

test('plans that are no object are none', () => {
  const { settings, problems } = parseSettings({ plans: ['claude-code'] });
  expect(settings.plans).toEqual({});
  expect(problems).toHaveLength(1);
});
