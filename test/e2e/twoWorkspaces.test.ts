/** Two workspaces open at once: what is machine-wide is the same in both, in the bar and in the report. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../run/demo/endpoint.ts';
import { workbenchUrl } from '../run/vscodeServer.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

/** 100,000 × 2 + 10,000 × 8 USD per 1M = 0.28. */
const call = { model: 'gpt-4.1', prompt_tokens: 100_000, completion_tokens: 10_000 };

describe('two workspaces', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC', 'spendLens.statusBar.scope': 'machine' } });
  const barText = async (page: Page) => (await workbench().statusBarItem({ id: 'spend' }, page).textContent())?.trim();
  const frame = (page: Page) => page.frameLocator('iframe.webview').frameLocator('#active-frame');
  let second: Page;
  let endpoint: Endpoint;

  /** The tokens of all workspaces' ledgers. */
  const readTokens = (): string[] => {
    const folder = workbench().profile.workspaceStorage;
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => path.basename(name) === 'token')
      .map(name => readFileSync(path.join(folder, name), 'utf8').trim());
  };

  test('have a ledger each', async () => {
    endpoint = await copyEndpoint(workbench());
    const folder = `${workbench().profile.workspace}-2`;
    mkdirSync(folder, { recursive: true });
    second = await workbench().context.newPage();
    await second.goto(workbenchUrl(workbench().server, { folder }));
    await workbench().statusBarItem({ id: 'spend' }, second).waitFor();
    await expect.poll(() => readTokens().length, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => barText(second), { timeout: 20_000 }).toBe('$0.00');
  });

  test('show the same machine-wide figures in their bars', async () => {
    const other = readTokens().find(token => token !== endpoint.token) ?? '';
    await post(endpoint, call);
    await post({ ...endpoint, token: other }, [call, call]);
    await expect.poll(() => barText(workbench().page)).toContain('$0.84');
    await expect.poll(() => barText(second)).toContain('$0.84');
  });

  test('show the same machine-wide figures in their reports, and their own beside', async () => {
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await second.bringToFront();
    await second.keyboard.press('F1');
    await second.locator('.quick-input-widget input[type="text"]').fill('>Spend Lens: Open Usage Report');
    await second.locator('.quick-input-list .monaco-list-row').first().click();
    const spend = async (page: Page) => (await frame(page).locator('.figure.spend .value').textContent())?.trim();
    await expect.poll(() => spend(second)).toBe('$0.56');
    await expect.poll(() => spend(workbench().page)).toBe('$0.28');
    for (const page of [second, workbench().page]) {
      await page.bringToFront();
      await frame(page).getByRole('combobox', { name: 'Scope' }).click();
      await frame(page).getByRole('option', { name: 'All workspaces' }).click();
      await expect.poll(() => spend(page)).toBe('$0.84');
      await expect.poll(async () => (await frame(page).locator('#kinds tbody tr').count()) > 0).toBe(true);
    }
    await workbench().screenshot('report-machine');
    await post(endpoint, call);
    await expect.poll(() => barText(second)).toContain('$1.12');
    await expect.poll(() => spend(workbench().page)).toBe('$1.12');
  });
});
