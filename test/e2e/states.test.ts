/** The states in which something stands in the way, each brought about in a real window: what it says, and the way on. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { waitForEndpoint } from '../run/demo/endpoint.ts';
import { root } from '../run/paths.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

const call = {
  model: 'gpt-4.1',
  prompt_tokens: 100_000,
  completion_tokens: 10_000,
  cache_read_tokens: 0,
  agent: 'codex',
};

describe('Restricted Mode', () => {
  const workbench = useWorkbench({
    hasWorkspaceTrust: true,
    settings: {
      'spendLens.timeZone': 'UTC',
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
    // A stranger's folder: it says that everything is free and that a budget of a tenth of a cent is spent.
    files: {
      '.vscode/settings.json': JSON.stringify({
        'spendLens.budget.daily': 0.001,
        'spendLens.prices': { 'gpt-4.1': { input: 0, output: 0 } },
      }),
    },
  });
  const spend = () => workbench().statusBarItem({ id: 'spend' });

  test('counts, by nobody’s prices but the user’s own, and says what it leaves out', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, call);
    // 100,000 × 2 + 10,000 × 8 USD per 1M.
    await expect.poll(() => spend().textContent()).toContain('$0.28');
    expect(await spend().getAttribute('class')).not.toContain('error-kind');
    await workbench().runCommand('Spend Lens: Open Usage Report');
    const note = workbench().reportFrame().getByRole('note').filter({ hasText: 'Restricted Mode' });
    await note.waitFor();
    await workbench().page.waitForTimeout(1_500);
    await workbench().screenshot('state-restricted');
  });

  test('ends when the folder is trusted: its settings hold, and the line is gone', async () => {
    const { page } = workbench();
    await workbench().reportFrame().getByRole('button', { name: 'Manage Trust' }).click();
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await expect.poll(() => spend().getAttribute('class'), { timeout: 20_000 }).toContain('error-kind');
    await page.locator('.tab', { hasText: 'Usage Report' }).click();
    await workbench().reportFrame().getByRole('heading', { name: 'Usage Report' }).waitFor();
    await expect
      .poll(() => workbench().reportFrame().getByRole('note').filter({ hasText: 'Restricted Mode' }).count())
      .toBe(0);
  });
});

describe('a virtual workspace', () => {
  const workbench = useWorkbench({
    settings: { 'spendLens.timeZone': 'UTC' },
    folderUri: 'memo:/project',
    extensions: [path.join(root, 'test/fixtures/memoFolder')],
  });

  test('has a ledger, says which calls count there, and estimates its prompts', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, call);
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$0.28');
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await workbench().reportFrame().getByRole('note').filter({ hasText: 'virtual workspace' }).waitFor();
    await workbench().page.waitForTimeout(1_500);
    await workbench().screenshot('state-virtual');
    await workbench().page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'ask.prompt.md' }).dblclick();
    await workbench().moveMouseAway();
    await workbench()
      .page.locator('.codelens-decoration')
      .getByText(/5 tokens/)
      .waitFor();
    await workbench().screenshot('state-virtual-prompt');
  });
});

describe('storage that can’t be written', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' } });
  const attribute = (change: '+i' | '-i', files: readonly string[]) =>
    spawnSync('chattr', [change, ...files]).status === 0;
  let locked: string[] = [];
  afterAll(() => void attribute('-i', locked));

  test('is told in the bar’s tooltip and in the report, and is over when it can be written again', async ctx => {
    const probe = mkdtempSync(path.join(os.tmpdir(), 'spend-lens-immutable-'));
    const canLock = attribute('+i', [probe]);
    attribute('-i', [probe]);
    rmSync(probe, { recursive: true });
    if (!canLock) {
      ctx.skip('files can’t be made immutable here (needs Linux, root and chattr)');
    }
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, call);
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$0.28');
    await workbench().runCommand('Spend Lens: Open Usage Report');
    // As a disk that was mounted again read-only: not even root may write.
    locked = [...globSync(path.join(endpoint.storage, 'journal-*')), endpoint.storage];
    expect(locked.length).toBeGreaterThan(1);
    expect(attribute('+i', locked)).toBe(true);
    const refused = await fetch(`${endpoint.url}/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint.token}` },
      body: JSON.stringify(call),
    });
    expect(refused.status, await refused.text()).toBeGreaterThanOrEqual(500);
    const alert = workbench().reportFrame().getByRole('alert').filter({ hasText: 'New calls are not recorded' });
    await alert.waitFor();
    await workbench().page.waitForTimeout(1_000);
    await workbench().screenshot('state-read-only');
    expect(await workbench().readTooltip()).toContain('the disk refuses');
    expect(await workbench().statusBarItem({ id: 'spend' }).locator('.codicon-warning').count()).toBe(1);
    await workbench().screenshot('state-read-only-tooltip');
    await workbench().moveMouseAway();
    expect(attribute('-i', locked)).toBe(true);
    await post(endpoint, call);
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('$0.56');
    await expect.poll(() => alert.count()).toBe(0);
  });
});

describe('an engine that can’t be started', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' } });

  test('is told in the bar, its tooltip and the report, which keeps its figures; “Restart” brings it back', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, call);
    const spend = workbench().statusBarItem({ id: 'spend' });
    await expect.poll(() => spend.textContent()).toContain('$0.28');
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await workbench()
      .reportFrame()
      .getByRole('table', { name: /Breakdown by model/ })
      .waitFor();
    const [script = ''] = globSync(path.join(workbench().profile.extensions, 'spend-lens.*/dist/engine.js'));
    const engine = readFileSync(script);
    writeFileSync(script, 'process.exit(7);');
    const { pid } = JSON.parse(readFileSync(path.join(workbench().profile.globalStorage, 'engine.json'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => spend.textContent(), { interval: 100 }).toContain('–');
    await workbench().reportFrame().getByText('The Spend Lens engine is not running').waitFor();
    await workbench().screenshot('state-engine-down');
    expect(await workbench().readTooltip()).toContain('Calls sent meanwhile are not recorded');
    await workbench().screenshot('state-engine-down-tooltip');
    await workbench().moveMouseAway();
    expect(await workbench().reportFrame().locator('.figure', { hasText: 'Spend' }).first().textContent()).toContain(
      '$0.28',
    );
    writeFileSync(script, engine);
    await workbench().reportFrame().getByRole('button', { name: 'Restart' }).click();
    await expect.poll(() => spend.textContent(), { timeout: 30_000 }).toContain('$0.28');
    await expect
      .poll(() => workbench().reportFrame().getByText('The Spend Lens engine is not running').isVisible())
      .toBe(false);
  });
});

describe('calls without any price', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' } });

  test('are unpriced and never free, in the bar, its tooltip and the report', async () => {
    const endpoint = await copyEndpoint(workbench());
    await waitForEndpoint(workbench().profile, 10_000);
    await post(endpoint, { ...call, model: 'our-own-model' });
    await expect.poll(() => workbench().statusBarItem({ id: 'spend' }).textContent()).toContain('unpriced');
    expect(await workbench().readTooltip()).toContain('no price is known: our-own-model');
    await workbench().screenshot('state-unpriced-tooltip');
    await workbench().moveMouseAway();
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await workbench().reportFrame().getByRole('heading', { name: 'Nothing here has a price yet' }).waitFor();
    await workbench().page.waitForTimeout(1_500);
    await workbench().screenshot('state-unpriced');
    const spend = workbench().reportFrame().locator('.figure').first();
    expect(await spend.textContent()).toContain('unpriced');
    expect(await spend.textContent()).not.toContain('$');
  });
});

describe('a notification', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC', 'spendLens.budget.daily': 1 } });

  test.for([
    ['Default Dark Modern', 'vs-dark', 0.85, 'is spent (85%)'],
    ['Default High Contrast', 'hc-black', 0.2, 'is spent: $1.05 so far (105%)'],
  ] as const)('is readable in %s', async ([theme, className, usd, text]) => {
    const endpoint = await copyEndpoint(workbench());
    workbench().changeFolderSettings({ 'workbench.colorTheme': theme });
    await workbench().page.locator(`.monaco-workbench.${className}`).waitFor();
    await post(endpoint, { model: 'gpt-4.1', prompt_tokens: (usd / 2) * 1e6, completion_tokens: 0 });
    const toast = workbench().notification(text);
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Not Today' }).waitFor();
    await workbench().page.waitForTimeout(500);
    await workbench().screenshot(`notification-${className}`);
    await workbench().answerNotification(text, 'Open Report');
    await workbench().reportFrame().getByRole('heading', { name: 'Usage Report' }).waitFor();
    await workbench().runCommand('View: Close Editor');
  });
});
