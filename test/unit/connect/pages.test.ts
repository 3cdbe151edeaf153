/** The pages in docs/connect say what connecting really writes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claudeCode } from '../../../src/connect/agents/claudeCode.ts';
import { copilotAssignments } from '../../../src/connect/agents/copilotChat.ts';
import { vscodeHooks } from '../../../src/connect/agents/vscodeHooks.ts';
import { catalogue } from '../../../src/connect/catalogue.ts';
import type { Connection } from '../../../src/connect/settingsAgent.ts';
import { settingsAgents } from '../../../src/connect/settingsAgents.ts';
import { assign, parseSettingsText } from '../../../src/connect/settingsText.ts';

const folder = join(import.meta.dirname, '../../../docs/connect');
const read = (page: string) => readFileSync(join(folder, `${page}.md`), 'utf8');
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code]) => code ?? '');

const connection: Connection = {
  destination: { url: 'http://127.0.0.1:PORT', token: 'TOKEN' },
  owner: '',
  parts: { telemetry: true, hook: false },
  hookCommand: '[ ! -x FILE ] || FILE hook',
};
const hooks: Connection = { ...connection, parts: { telemetry: false, hook: true } };

describe('the page of', () => {
  test.each(settingsAgents.map(agent => [agent.id, agent] as const))('%s shows its settings', (id, agent) => {
    const written = parseSettingsText(agent.syntax, assign(agent.syntax, '', agent.assignments(connection, {})).text);
    expect(parseSettingsText(agent.syntax, blocks(id, agent.syntax)[0] ?? '')).toEqual(written);
  });

  test('copilot-chat shows its settings', () => {
    const { text } = assign(
      'json',
      '',
      copilotAssignments(connection.destination, () => true),
    );
    expect(JSON.parse(blocks('copilot-chat', 'json')[0] ?? '')).toEqual(JSON.parse(text));
  });

  test('hooks shows both', () => {
    const written = [claudeCode, vscodeHooks].map(agent =>
      JSON.parse(assign('json', '', agent.assignments(hooks, {})).text),
    );
    expect(blocks('hooks', 'json').map(code => JSON.parse(code))).toEqual(written);
  });

  test.each(catalogue.map(({ page }) => page))('%s says how to undo it, what counts, and its limits', page => {
    const text = read(page);
    expect(text).toContain('**Undo**');
    expect(text).toContain('## What counts');
    expect(text).toContain('## Limits');
    expect(read('README')).toContain(`(${page}.md)`);
  });
});

test('no page leads nowhere', () => {
  for (const file of readdirSync(folder)) {
    const links = [...readFileSync(join(folder, file), 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)];
    for (const [, link = ''] of links) {
      expect(existsSync(join(folder, link)), `${file}: ${link}`).toBe(true);
    }
  }
});
