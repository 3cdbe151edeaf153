import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { Summary } from '../../src/api/contract.ts';
import { callEndpoint, type Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { quickPick, readRows, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';

const home = mkdtempSync(path.join(tmpdir(), 'sl-home-'));
const projects = path.join(home, 'claude/projects/-home-dev-demo');
const now = Date.now();

/** An answer of Claude Code as its transcript has it, in a folder. */
function writeTranscript(cwd: string): void {
  const usage = { input_tokens: 10, output_tokens: 100, cache_read_input_tokens: 1000 };
  const lines = ['a', 'b', 'b'].map(id => ({
    type: 'assistant',
    timestamp: new Date(now - 60_000).toISOString(),
    sessionId: 'from-history',
    cwd,
    requestId: `req_${id}`,
    message: { id: `msg_${id}`, role: 'assistant', model: 'claude-sonnet-4-20250514', stop_reason: 'end_turn', usage },
  }));
  mkdirSync(projects, { recursive: true });
  writeFileSync(path.join(projects, 'from-history.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
}

describe('the history of a workspace', () => {
  const workbench = useWorkbench({
    settings: { 'spendLens.timeZone': 'UTC', 'spendLens.budget.daily': 0.0001 },
    // Whatever the machine has of other agents is not looked at.
    env: { HOME: home, CLAUDE_CONFIG_DIR: path.join(home, 'claude'), CODEX_HOME: path.join(home, 'codex') },
  });
  let endpoint: Endpoint;
  const bySession = async () => {
    const query = 'from=2000-01-01&group_by=session_id';
    const { groups } = await callEndpoint<Summary>(endpoint, `/v1/summary?${query}`);
    return groups.map(({ key, requests }) => `${key.session_id} ${requests}`).sort();
  };
  /** Three toasts are shown at most. */
  const clearToasts = () => workbench().runCommand('Notifications: Clear All Notifications');
  const dialog = () => workbench().page.locator('.monaco-dialog-box');
  const answerDay = async (prompt: string, day: string): Promise<void> => {
    const box = quickPick(workbench().page);
    await box.getByText(prompt).waitFor();
    await box.locator('input[type="text"]').fill(day);
    await workbench().page.keyboard.press('Enter');
    await box.getByText(prompt).waitFor({ state: 'hidden' });
  };
  const saveAs = async (file: string): Promise<void> => {
    const input = workbench().page.locator('.quick-input-widget input[type="text"]');
    await expect.poll(() => input.inputValue()).toMatch(/spend-lens-\d{4}-\d\d-\d\d\.sqlite$/);
    await input.fill(file);
    await workbench().page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await workbench()
      .notification(`Exported the database to ${path.basename(file)}.`)
      .waitFor();
  };
  const readCopy = (file: string) => {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database
        .prepare('SELECT session_id, count(*) AS calls FROM token_usage GROUP BY session_id ORDER BY 1')
        .all()
        .map(row => `${row.session_id} ${row.calls}`);
    } finally {
      database.close();
    }
  };

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('says where it looked when no agent left any', async () => {
    endpoint = await copyEndpoint(workbench());
    await workbench().runCommand('Spend Lens: Import Agent History…');
    const notification = workbench().notification('No agent history was found on this machine.');
    await notification.waitFor();
    expect(await notification.textContent()).toContain('~/.claude/projects');
    await clearToasts();
  });

  test('is imported from the agents found, and calls nobody about the budget', async () => {
    writeTranscript(workbench().profile.workspace);
    await workbench().runCommand('Spend Lens: Import Agent History…');
    await waitForTitle(workbench().page, 'Import Agent History');
    const rows = quickPick(workbench().page).locator('.monaco-list-row');
    expect(await rows.allInnerTexts()).toHaveLength(1);
    expect(await rows.first().textContent()).toMatch(/Claude Code.*1 transcript.*claude\/projects/);
    expect(await rows.getByRole('checkbox').first().isChecked()).toBe(true);
    await workbench().screenshot('history-import');
    await quickPick(workbench().page).getByRole('button', { name: 'OK' }).click();
    await workbench().notification('Imported 2 new calls from 1 transcript.').waitFor();
    expect(await bySession()).toEqual(['from-history 2']);
    expect(await workbench().notifications()).toHaveLength(1);
    await workbench().answerNotification('Imported 2 new calls', 'Open Report');
    await workbench().reportFrame().getByRole('tab', { name: 'Sessions' }).click();
    const sessions = workbench()
      .reportFrame()
      .getByRole('table', { name: /^Sessions/ });
    await sessions.getByText('from-history').waitFor();
  });

  test('is exported as a database that other programs read', async () => {
    await clearToasts();
    await post(endpoint, [
      { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, session_id: 'posted' },
      { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, session_id: 'posted' },
      { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, session_id: 'other' },
    ]);
    const file = path.join(workbench().profile.workspace, 'copy.sqlite');
    await workbench().runCommand('Spend Lens: Export Database…');
    await saveAs(file);
    expect(readCopy(file)).toEqual(['from-history 2', 'other 1', 'posted 2']);
    await workbench().answerNotification('Exported the database', 'Reveal');
    await workbench().page.locator('.explorer-folders-view').getByText('copy.sqlite').waitFor();
  });

  test('loses a session when that is confirmed, with a copy before', async () => {
    await clearToasts();
    await workbench().runCommand('Spend Lens: Delete Usage History…');
    await workbench().choose('A session…');
    await waitForTitle(workbench().page, 'Delete a Session');
    const rows = await readRows(workbench().page);
    expect(rows.find(row => row.includes('posted'))).toContain('$0.01 · 2 calls');
    await workbench().choose('posted');
    await dialog().getByText('Delete 2 calls ($0.01) of session posted?').waitFor();
    expect(await dialog().textContent()).toContain("can't be undone");
    await workbench().screenshot('history-delete');
    await dialog().getByRole('button', { name: 'Export Database…' }).click();
    const file = path.join(workbench().profile.workspace, 'before.sqlite');
    await saveAs(file);
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench().notification('Deleted 2 calls ($0.01) of session posted.').waitFor();
    expect(await bySession()).toEqual(['from-history 2', 'other 1']);
    expect(readCopy(file)).toContain('posted 2');
  });

  test('stays when it is not confirmed, and goes as a whole', async () => {
    await clearToasts();
    await workbench().runCommand('Spend Lens: Delete Usage History…');
    await workbench().choose('Everything');
    await dialog().getByText('Delete 3 calls').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    expect(await bySession()).toHaveLength(2);
    await workbench().runCommand('Spend Lens: Delete Usage History…');
    await workbench().choose('Custom period…');
    const day = new Date().toISOString().slice(0, 10);
    await answerDay('First day to delete', '2026-01-01');
    await answerDay('Last day to delete', day);
    await dialog().getByRole('button', { name: 'Delete', exact: true }).click();
    await workbench()
      .notification(/Deleted 3 calls \(.*\) from 2026-01-01 to/)
      .waitFor();
    expect(await bySession()).toEqual([]);
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$0.00');
  });
});
