import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'jsonc-parser';
import { afterAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../src/api/contract.ts';
import { callEndpoint, type Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint } from './endpoint.ts';
import { leave, quickPick, readRows, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const home = mkdtempSync(path.join(tmpdir(), 'sl-home-'));
const claude = path.join(home, '.claude/settings.json');
/** With all that a template would lose. */
const original = '\uFEFF{\r\n\t"permissions": {"allow": ["Bash(ls)"]}, // mine\r\n\t"env": {"EDITOR": "vi",},\r\n}';
mkdirSync(path.dirname(claude), { recursive: true });
writeFileSync(claude, original);
mkdirSync(path.join(home, '.codex'));
const codexText =
  'model = "gpt-5"\n\n[otel]\nexporter = { otlp-http = { endpoint = "https://otel.example.com/v1/logs", protocol = "json" } }\n';
writeFileSync(path.join(home, '.codex/config.toml'), codexText);

/** What Claude Code sends of one call, to where its settings say. */
async function sendAsClaude(): Promise<number> {
  const { env } = parse(readFileSync(claude, 'utf8').replace('\uFEFF', ''));
  const attributes = Object.entries({
    'event.name': { stringValue: 'api_request' },
    model: { stringValue: 'claude-sonnet-4-5' },
    'session.id': { stringValue: 'from-claude' },
    request_id: { stringValue: 'req_1' },
    input_tokens: { intValue: 1000 },
    output_tokens: { intValue: 100 },
  }).map(([key, value]) => ({ key, value }));
  const logRecords = [{ timeUnixNano: `${Date.now()}000000`, attributes }];
  const scopeLogs = [{ scope: { name: 'com.anthropic.claude_code.events' }, logRecords }];
  const [name, token] = env.OTEL_EXPORTER_OTLP_LOGS_HEADERS.split('=');
  const response = await fetch(env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [name]: token },
    body: JSON.stringify({ resourceLogs: [{ resource: { attributes: [] }, scopeLogs }] }),
  });
  return response.status;
}

describe('agents are connected from the palette', () => {
  const workbench = useWorkbench({
    settings: { 'spendLens.timeZone': 'UTC' },
    env: { HOME: home, CLAUDE_CONFIG_DIR: '', CODEX_HOME: '', PATH: '/usr/bin:/bin' },
  });
  let endpoint: Endpoint;
  const page = () => workbench().page;
  const open = async () => {
    await workbench().runCommand('Spend Lens: Connect Agent…');
    await waitForTitle(page(), 'Connect Agent');
    await quickPick(page()).locator('.monaco-list-row').first().waitFor();
  };
  const row = (name: string) => quickPick(page()).locator('.monaco-list-row').filter({ hasText: name }).first();
  const readFile = () => readFileSync(claude, 'utf8');
  /** Calls of all ledgers, which only the admin may read. */
  const total = async () => {
    const { url, token } = JSON.parse(
      readFileSync(path.join(workbench().profile.globalStorage, 'engine.json'), 'utf8'),
    );
    const query = '/v1/summary?from=2000-01-01&scope=machine';
    return (await callEndpoint<Summary>({ url, token, storage: '' }, query)).total.requests;
  };
  const clearToasts = () => workbench().runCommand('Notifications: Clear All Notifications');

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('those of this machine are listed with their state, found ones first', async () => {
    endpoint = await copyEndpoint(workbench());
    await open();
    await workbench().screenshot('connect-list');
    const rows = await readRows(page());
    expect(rows.findIndex(text => text.startsWith('Claude Code, not connected'))).toBe(0);
    expect(rows).toContainEqual(
      expect.stringMatching(/^Codex, not connected, telemetry goes to https:\/\/otel\.example/),
    );
    expect(rows).toContainEqual(expect.stringMatching(/^My Own Code/));
    const separator = rows.findIndex(text => text.includes('Gemini CLI'));
    expect(separator).toBeGreaterThan(rows.findIndex(text => text.startsWith('Shell Wrapper')));
    await leave(page());
    expect(readFile()).toBe(original);
  });

  test('the change is shown as a diff, and nothing is changed without consent', async () => {
    await clearToasts();
    await open();
    await row('Claude Code').click();
    await waitForTitle(page(), 'Connect Claude Code');
    const diff = page().locator('.monaco-diff-editor');
    await diff.getByText('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT').waitFor();
    expect(await diff.getByText('permissions').count()).toBe(2);
    await workbench().screenshot('connect-diff');
    expect(readFile()).toBe(original);
    await workbench().choose('Cancel');
    await diff.waitFor({ state: 'detached' });
    expect(readFile()).toBe(original);
    expect(existsSync(path.join(home, '.spend-lens'))).toBe(false);
  });

  test('on consent it is made, and the plan asked for once', async () => {
    await open();
    await row('Claude Code').click();
    await waitForTitle(page(), 'Connect Claude Code');
    await workbench().choose('Connect');
    await waitForTitle(page(), 'How Do You Pay for Claude Code?');
    expect(readFile()).toContain(`"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "${endpoint.url}/v1/logs"`);
    expect(readFile()).toContain('// mine');
    await workbench().choose('Subscription');
    await expect
      // A setting of the machine's: with a server, it is kept on the server's side.
      .poll(() => readFileSync(path.join(workbench().profile.userData, 'Machine/settings.json'), 'utf8'))
      .toMatch(/"spendLens\.plans":\s*\{\s*"claude-code": "subscription"/);
    await workbench().notification('Connected Claude Code. It reports from its next start on.').waitFor();
  });

  test('a test record proves it, and counts nowhere', async () => {
    await workbench().answerNotification('Connected Claude Code', 'Send Test Record');
    const text = 'Test record received: Claude Code, claude-sonnet-4-5, 15 tokens. It counts nowhere.';
    await workbench().notification(text).waitFor();
    expect(await total()).toBe(0);
    await open();
    await expect.poll(() => row('Claude Code').textContent()).toMatch(/connected, test record received \d+ s ago/);
    await leave(page());
  });

  test('its telemetry arrives, and the list says when', async () => {
    await clearToasts();
    await open();
    expect(await sendAsClaude()).toBe(200);
    await expect.poll(() => row('Claude Code').textContent()).toMatch(/connected, last record \d+ s ago/);
    await workbench().screenshot('connect-connected');
    await leave(page());
    await expect.poll(total).toBe(1);
  });

  test('an address that is set already is named, and only replaced when that is said', async () => {
    await open();
    await row('Codex').click();
    await waitForTitle(page(), 'Connect Codex');
    await row('Replace https://otel.example.com/v1/logs and Connect').waitFor();
    await workbench().screenshot('connect-replace');
    await page().keyboard.press('Escape');
    await page().locator('.monaco-diff-editor').waitFor({ state: 'detached' });
    expect(readFileSync(path.join(home, '.codex/config.toml'), 'utf8')).toBe(codexText);
  });

  test('hooks are added and taken out again, telemetry stays', async () => {
    await open();
    await row('Claude Code').click();
    await workbench().choose('Ask Budgets Before Each Prompt');
    await waitForTitle(page(), 'Connect Claude Code');
    await workbench().choose('Connect');
    await workbench().notification('Claude Code asks budgets from its next start on.').waitFor();
    expect(readFile()).toContain('UserPromptSubmit');
    expect(readdirSync(path.join(home, '.spend-lens/bin'))).toEqual(['spend-lens-check']);
    await open();
    await expect.poll(() => row('Claude Code').textContent()).toContain('connected, asks budgets');
    await row('Claude Code').click();
    await workbench().choose('Stop Asking Budgets');
    await waitForTitle(page(), 'Connect Claude Code');
    await workbench().choose('Connect');
    await expect.poll(readFile).not.toContain('UserPromptSubmit');
    expect(readFile()).toContain('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT');
  });

  test('after the tokens were rotated it is told, and given the new one when that is wanted', async () => {
    await clearToasts();
    const before = readFile();
    await workbench().runCommand('Spend Lens: Rotate Tokens');
    await page().locator('.monaco-dialog-box').getByRole('button', { name: 'Rotate Tokens' }).click();
    const told = "Spend Lens has another address or token now, so these don't reach it: Claude Code.";
    await workbench().notification(told).waitFor();
    await workbench().screenshot('connect-outdated');
    expect(await sendAsClaude()).toBe(401);
    expect(readFile()).toBe(before);
    await workbench().answerNotification(told, 'Update Connections');
    await expect.poll(readFile).not.toBe(before);
    expect(await sendAsClaude()).toBe(200);
  });

  test('disconnecting restores the file to the byte', async () => {
    await clearToasts();
    await open();
    await row('Claude Code').click();
    await workbench().choose('Disconnect');
    await waitForTitle(page(), 'Disconnect Claude Code');
    await workbench().choose('Disconnect');
    await workbench().notification('Disconnected Claude Code. Its settings are what they were.').waitFor();
    expect(readFile()).toBe(original);
    expect(existsSync(path.join(home, '.spend-lens'))).toBe(false);
    await open();
    await expect.poll(() => row('Claude Code').textContent()).toMatch(/not connected, last record/);
    await leave(page());
  });

  test('one that has no telemetry of use is read from its logs', async () => {
    await clearToasts();
    await open();
    await row('GitHub Copilot CLI').click();
    await waitForTitle(page(), 'Connect GitHub Copilot CLI');
    await page().locator('.monaco-diff-editor').getByText('"copilot-cli": true').waitFor();
    await workbench().choose('Connect');
    await waitForTitle(page(), 'How Do You Pay for GitHub Copilot CLI?');
    await leave(page());
    await workbench().notification('Connected GitHub Copilot CLI.').waitFor();
    await open();
    await expect.poll(() => row('GitHub Copilot CLI').textContent()).toContain('connected, by its logs, no record yet');
    await row('GitHub Copilot CLI').click();
    await workbench().choose('Disconnect');
    await waitForTitle(page(), 'Disconnect GitHub Copilot CLI');
    await workbench().choose('Disconnect');
    await open();
    await expect.poll(() => row('GitHub Copilot CLI').textContent()).toMatch(/CLInot connected/);
    await leave(page());
  });

  test('the shell wrapper is put there with its line on the clipboard, and taken away', async () => {
    await clearToasts();
    await open();
    await row('Shell Wrapper').click();
    await workbench().notification('Copied. Paste it before the command that starts your agent.').waitFor();
    expect(await workbench().readClipboard()).toBe(`${home}/.spend-lens/bin/spend-lens-check && `);
    await open();
    await expect.poll(() => row('Shell Wrapper').textContent()).toContain('installed');
    await row('Shell Wrapper').click();
    await workbench().notification('The shell wrapper is gone.').waitFor();
    expect(existsSync(path.join(home, '.spend-lens'))).toBe(false);
  });

  test('code for my own programs is opened', async () => {
    await open();
    await row('My Own Code').click();
    await workbench().choose('TypeScript, Anthropic SDK, through the gateway');
    await page().locator('.editor-instance').getByText('gateway/anthropic').first().waitFor();
  });
});
