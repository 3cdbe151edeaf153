/** The Copilot Chat that VS Code brings along, with a key of one's own (no GitHub account), a fake provider and the real engine. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../src/api/contract.ts';
import { type FakeProvider, startFakeProvider } from '../agents/provider/fakeProvider.ts';
import { callEndpoint } from '../run/demo/endpoint.ts';
import type { Profile } from '../run/vscodeProfile.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { leave, quickPick, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const home = mkdtempSync(path.join(tmpdir(), 'sl-home-'));
let provider: FakeProvider;

/** What VS Code's own writing does not bring back: comments, line ends, tabs, a last comma. */
function addOwnWords(text: string): string {
  const last = '\t"editor.rulers": [ 80,120 ], /* mine */\n\t"files.eol": "\\n", // the last one\n}\n\n';
  return text.replace('{', '{\r\n\t// mine, above all\r\n').replace(/\n\}$/, `,\n\n${last}`);
}

/** The models that a person adds by "Chat: Manage Language Models". */
function addModel(profile: Profile): void {
  const model = { id: 'gpt-5.5', name: 'Fake GPT', url: `${provider.url}/v1/chat/completions` };
  const limits = { toolCalling: true, vision: false, maxInputTokens: 100_000, maxOutputTokens: 8_000 };
  const group = { name: 'Fake', vendor: 'customendpoint', apiKey: 'sk-fake', models: [{ ...model, ...limits }] };
  writeFileSync(path.join(path.dirname(profile.settingsFile), 'chatLanguageModels.json'), JSON.stringify([group]));
}

describe('Copilot Chat is connected by VS Code’s own settings', () => {
  beforeAll(async () => {
    provider = await startFakeProvider('copilot-chat');
  });
  const workbench = useWorkbench({
    settings: {
      'spendLens.timeZone': 'UTC',
      'chat.disableAIFeatures': false,
      'extensions.autoUpdate': 'off',
      'spendLens.budget.daily': 1,
      'spendLens.budget.enforce': 'gateway',
    },
    prepare: profile => {
      writeFileSync(profile.settingsFile, addOwnWords(readFileSync(profile.settingsFile, 'utf8')));
      addModel(profile);
    },
    env: { HOME: home, CLAUDE_CONFIG_DIR: '', CODEX_HOME: '', PATH: '/usr/bin:/bin' },
  });
  afterAll(() => {
    provider.close();
    rmSync(home, { recursive: true, force: true });
  });
  let original = '';
  let originalMode = '';
  const page = () => workbench().page;
  const readSettings = () => readFileSync(workbench().profile.settingsFile, 'utf8');
  const readMode = () => (statSync(workbench().profile.settingsFile).mode & 0o777).toString(8);
  const row = (name: string) => quickPick(page()).locator('.monaco-list-row').filter({ hasText: name }).first();
  const open = async () => {
    await workbench().runCommand('Spend Lens: Connect Agent…');
    await waitForTitle(page(), 'Connect Agent');
    await row('GitHub Copilot Chat').waitFor();
  };
  /** Else a toast may lie over what is to be clicked. */
  const clearToasts = () => workbench().runCommand('Notifications: Clear All Notifications');
  const say = async (text: string) => {
    await workbench().runCommand('Chat: Open Chat');
    await page().locator('.interactive-input-part .monaco-editor').first().click();
    await page().keyboard.type(text);
    await page().keyboard.press('Enter');
  };
  /** All ledgers, which only the admin may read. */
  const readTotal = async () => {
    const { url, token } = JSON.parse(
      readFileSync(path.join(workbench().profile.globalStorage, 'engine.json'), 'utf8'),
    );
    const query = '/v1/summary?from=2000-01-01&scope=machine&group_by=agent,model';
    return callEndpoint<Summary>({ url, token, storage: '' }, query);
  };

  test('the change is shown first, and is made by VS Code, which asks to reload', async () => {
    await workbench().runCommand('Chat: Manage Language Models');
    await page().getByText('Fake GPT').first().waitFor();
    original = readSettings();
    originalMode = readMode();
    expect(original).toContain('// mine, above all');
    await open();
    expect(await row('GitHub Copilot Chat').textContent()).toContain('not connected');
    await row('GitHub Copilot Chat').click();
    await waitForTitle(page(), 'Connect GitHub Copilot Chat');
    const diff = page().locator('.monaco-diff-editor');
    await diff.getByText('chat.agentHost.otel.otlpEndpoint').waitFor();
    expect(readSettings()).toBe(original);
    await workbench().choose('Connect');
    await waitForTitle(page(), 'How Do You Pay for GitHub Copilot Chat?');
    expect(readSettings()).toBe(original);
    await workbench().choose('API, per token');
    await reloadDialog().waitFor();
    await expect.poll(readSettings).toContain('"chat.agentHost.otel.otlpEndpoint": "http://127.0.0.1:');
    await workbench().screenshot('copilot-connected');
    await expect.poll(readMode).toBe('600');
    expect(parse(readSettings())).toMatchObject({
      ...parse(original),
      'github.copilot.chat.otel.enabled': true,
      'github.copilot.chat.otel.headers': { 'x-spend-lens-token': expect.any(String) },
      'chat.agentHost.otel.enabled': true,
      'chat.agentHost.otel.exporterType': 'otlp-http',
    });
  });

  test('after the reload it is known to be connected', async () => {
    await reload();
    await open();
    await expect.poll(() => row('GitHub Copilot Chat').textContent()).toMatch(/connected, no record yet/);
    await leave(page());
  });

  test('what is said to it counts, one row per call and to the token', async () => {
    await say('Say one.');
    await page().locator('.interactive-response').getByText('One.').waitFor();
    await workbench().screenshot('copilot-chat');
    await expect.poll(async () => (await readTotal()).total.requests, { timeout: 30_000 }).toBeGreaterThan(0);
    const [call] = provider.calls;
    expect(provider.calls).toHaveLength(1);
    const written = (call?.cacheWrite5m ?? 0) + (call?.cacheWrite1h ?? 0);
    expect((await readTotal()).groups).toMatchObject([
      {
        key: { agent: 'copilot-chat', model: 'gpt-5.5' },
        requests: 1,
        prompt_tokens: (call?.input ?? 0) + (call?.cacheRead ?? 0) + written,
        cache_read_tokens: call?.cacheRead,
        completion_tokens: call?.output,
      },
    ]);
    // In the workspace that it was said in: its own token reads its own ledger only.
    const query = '/v1/summary?from=2000-01-01';
    expect((await callEndpoint<Summary>(await copyEndpoint(workbench()), query)).total.requests).toBe(1);
  });

  test('hooks of its agents ask budgets before a prompt', async () => {
    await open();
    await row('Hooks for VS Code Agents').click();
    await waitForTitle(page(), 'Connect VS Code agent hooks');
    await workbench().choose('Connect');
    await expect.poll(() => existsSync(path.join(home, '.copilot/hooks/spend-lens.json'))).toBe(true);
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, { model: 'gpt-4.1', input_tokens: 1_000_000, output_tokens: 0 });
    await say('Say one again.');
    const blocked = page().locator('.interactive-response').getByText('Blocked by User Prompt Submit hook');
    await blocked.waitFor();
    await blocked.click();
    await workbench().screenshot('copilot-blocked');
    expect(provider.calls).toHaveLength(1);
  });

  test('disconnecting restores the settings to the byte', async () => {
    await clearToasts();
    await open();
    await row('GitHub Copilot Chat').click();
    await workbench().choose('Disconnect');
    await workbench().notification('Disconnected GitHub Copilot Chat. Its settings are what they were.').waitFor();
    await workbench().screenshot('copilot-disconnected');
    expect([readSettings(), readMode()]).toEqual([original, originalMode]);
    await workbench().reload();
    expect(readSettings()).toBe(original);
    expect(existsSync(path.join(home, '.spend-lens/connections/copilot-chat.json'))).toBe(false);
    await open();
    await expect.poll(() => row('GitHub Copilot Chat').textContent()).toMatch(/not connected, last record/);
    await leave(page());
  });

  /** VS Code's own question, as settings of its agent host have changed. */
  function reloadDialog() {
    return page().locator('.monaco-dialog-box').filter({ hasText: 'A setting has changed that requires a reload' });
  }

  async function reload(): Promise<void> {
    const loaded = page().waitForEvent('load');
    await reloadDialog().getByRole('button', { name: 'Reload' }).click();
    await loaded;
    await workbench().statusBarItem({ id: 'spend' }).waitFor();
  }
});
