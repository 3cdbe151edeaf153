import { expect, test } from 'vitest';
import { parseSettings } from '../../../../src/core/settings/parseSettings.ts';

test('followed agents are taken one by one, and a bad one does not take the others with it', () => {
  const { settings, problems } = parseSettings({ transcripts: { watch: { codex: true, roo: false, cline: 'yes' } } });
  expect(settings['transcripts.watch']).toEqual({ codex: true, roo: false });
  expect(problems.map(({ key }) => key)).toEqual(['transcripts.watch.cline']);
  expect(problems[0]?.message).toContain('must be true or false');
});

test('a list is no answer for whom to follow', () => {
  const { settings, problems } = parseSettings({ 'transcripts.watch': ['codex'] });
  expect(settings['transcripts.watch']).toEqual({});
  expect(problems).toHaveLength(1);
});
