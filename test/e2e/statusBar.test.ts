import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../run/demo/endpoint.ts';
import { extensionId } from '../run/vscodeProfile.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

/** What a line of the tooltip's table says, with its cells parted by one space. */
const lines = (text: string): string[] => text.split('\n').map(line => line.replace(/[\s\u00a0]+/g, ' ').trim());

/** Runs in the page: notes in `changes` when the item's text changed, ms. A string, as no DOM types are known here. */
const recordChanges = `{
  const element = document.getElementById('${extensionId}.spend');
  let text = element.textContent;
  window.changes = [];
  new MutationObserver(() => {
    if (element.textContent !== text) {
      text = element.textContent;
      window.changes.push(performance.now());
    }
  }).observe(element, { subtree: true, childList: true, characterData: true });
}`;

describe('the spend item', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC', 'spendLens.budget.daily': 10 } });
  const item = () => workbench().statusBarItem({ id: 'spend' });
  const barText = async () => (await item().textContent())?.trim();
  const readEngine = () => {
    const text = readFileSync(path.join(workbench().profile.globalStorage, 'engine.json'), 'utf8');
    return JSON.parse(text) as { pid: number; port: number; token: string };
  };
  let endpoint: Endpoint;

  test('has no figures before the first call, and says so', async () => {
    endpoint = await copyEndpoint(workbench());
    await expect.poll(barText).toBe('$0.00');
    const shown = lines(await workbench().readTooltip());
    expect(shown).toContain('Today $0.00 0 0');
    expect(shown).toContain('No calls recorded today.');
  });

  test('has today, week, month, top models, budget, last request and links in its tooltip', async () => {
    const now = new Date();
    const startOfMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
    await post(endpoint, [
      // 70,000 × 2 + 30,000 × 0.50 + 50,000 × 8 = 0.555 USD.
      { model: 'gpt-4.1', prompt_tokens: 100_000, cache_read_tokens: 30_000, completion_tokens: 50_000 },
      // 800,000 × 0.40 + 50,000 × 1.60 = 0.40 USD.
      { model: 'gpt-4.1-mini', prompt_tokens: 800_000, completion_tokens: 50_000 },
      { model: 'made-up-1', prompt_tokens: 1_000, completion_tokens: 10 },
      // 2 USD; on the first day of a month all of it is today.
      {
        model: 'gpt-4.1',
        prompt_tokens: 1_000_000,
        completion_tokens: 0,
        timestamp: new Date(startOfMonth).toISOString(),
      },
    ]);
    const isFirst = now.getUTCDate() === 1;
    await expect.poll(barText).toBe(isFirst ? '$2.96' : '$0.96');
    const shown = lines(await workbench().readTooltip());
    await workbench().screenshot('status-bar-tooltip');
    expect(shown[0]).toBe('Spend Lens · workspace');
    expect(shown).toContain('Spend Requests Tokens');
    expect(shown).toContain('This month $2.96 4 2M');
    expect(shown.some(line => line.startsWith('This week $'))).toBe(true);
    expect(shown).toContain('Top models today');
    expect(shown).toContain('gpt-4.1-mini $0.40 1 850k');
    expect(shown.find(line => line.startsWith('Last request:'))).toMatch(
      /: made-up-1 · 1,000 tokens in, 10 out · unpriced · \d/,
    );
    expect(shown).toContain('Not in the spend, as no price is known: made-up-1 (Set Price)');
    expect(shown.at(-1)).toMatch(/^Listening at 127\.0\.0\.1:\d+ · Open Report · Settings$/);
    if (!isFirst) {
      expect(shown).toContain('Today $0.96 3 1M');
      expect(shown.some(line => line.includes('Today $0.96 of $10.00 spent (10%).'))).toBe(true);
    }
  });

  test('opens report and settings by the links of its tooltip', async () => {
    const { page } = workbench();
    const hover = page.locator('.monaco-hover:visible');
    await workbench().readTooltip();
    await hover.getByText('Open Report').click();
    await page.locator('.tab', { hasText: 'Usage Report' }).waitFor();
    await workbench().runCommand('View: Close Editor');
    await workbench().readTooltip();
    await hover.getByText('Settings').click();
    await page.locator('.tab', { hasText: 'Settings' }).waitFor();
    await workbench().moveMouseAway();
    await page.locator('.settings-editor').getByText('Budget of this workspace in USD per day').waitFor();
    await workbench().screenshot('settings');
    await workbench().runCommand('View: Close Editor');
  });

  test('reads as a sentence', async () => {
    const name = /^LLM spend today (\d dollars? )?96 cents, \d+ percent of the daily budget$/;
    await workbench().statusBarItem(name).waitFor();
  });

  test('changes at most four times a second however fast records come, and ends exact', async () => {
    await item().waitFor();
    await workbench().page.evaluate(recordChanges);
    const before = Number((await barText())?.slice(1));
    for (let sent = 0; sent < 300; sent += 10) {
      // 10 × 0.01 USD at a time.
      const record = { model: 'gpt-4.1', prompt_tokens: 1_000, completion_tokens: 1_000 };
      await Promise.all(Array.from({ length: 10 }, () => post(endpoint, record)));
      await workbench().page.waitForTimeout(60);
    }
    await expect.poll(barText).toBe(`$${(before + 3).toFixed(2)}`);
    const times = await workbench().page.evaluate<number[]>('window.changes');
    const perSecond = times.map(time => times.filter(other => other >= time && other < time + 1000).length);
    console.log(`${times.length} changes of the text, at most ${Math.max(...perSecond)} a second`);
    expect(times.length).toBeGreaterThan(4);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(4);
  });

  test('turns to a warning at 80 % of the budget; “Not Today” keeps the next notification away', async () => {
    const spent = Number((await barText())?.slice(1));
    const upTo = (usd: number) => ({
      model: 'gpt-4.1',
      prompt_tokens: Math.round((usd / 2) * 1e6),
      completion_tokens: 0,
    });
    await post(endpoint, upTo(8.5 - spent));
    await expect.poll(() => item().getAttribute('class')).toContain('warning-kind');
    const toast = workbench().notification("of today's $10.00 budget for workspace is spent");
    await toast.waitFor();
    await workbench().screenshot('budget-warning');
    await workbench().answerNotification(/budget/, 'Not Today');
    await toast.waitFor({ state: 'detached' });
    // Until the engine knows of the answer, too.
    await workbench().page.waitForTimeout(1_000);
    await post(endpoint, upTo(2));
    await expect.poll(() => item().getAttribute('class')).toContain('error-kind');
    await workbench().page.waitForTimeout(1_500);
    expect((await workbench().notifications()).filter(text => text.includes('budget'))).toEqual([]);
    await workbench().screenshot('budget-exceeded');
    await workbench()
      .statusBarItem(/^LLM spend today 10 dollars \d+ cents, 10\d percent of the daily budget$/)
      .waitFor();
    expect(await workbench().readTooltip()).toContain('Budget of $10.00 is used up');
    await workbench().moveMouseAway();
  });

  test('copies diagnostics with all that a report needs and no token', async () => {
    await workbench().runCommand('Spend Lens: Copy Diagnostics');
    await expect.poll(() => workbench().readClipboard()).toContain('Spend Lens diagnostics');
    const text = await workbench().readClipboard();
    const value = (name: string): string => new RegExp(`^- ${name}: (.+)$`, 'm').exec(text)?.[1] ?? '';
    const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8'));
    expect(value('Extension')).toBe(version);
    expect(value('VS Code')).toMatch(/\d+\.\d+\.\d+$/);
    expect(value('Node')).toMatch(/^v?\d+\.\d+/);
    expect(value('SQLite')).toMatch(/^\d+\.\d+/);
    expect(value('Price data')).not.toBe('');
    expect(value('Engine process')).toContain(String(readEngine().pid));
    expect(value('Endpoint')).toBe(endpoint.url);
    expect(value('Ledger')).toContain(endpoint.storage);
    expect(value('Global storage')).toBe(workbench().profile.globalStorage);
    const settings = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(text)?.[1] ?? '{}');
    expect(settings).toMatchObject({ 'budget.daily': 10, timeZone: 'UTC' });
    expect(text).toMatch(/\| gpt-4\.1 \|/);
    for (const secret of [endpoint.token, readEngine().token]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
  });

  test('keeps engine, port and token when the window is reloaded', async () => {
    const [before, spend] = [readEngine(), await barText()];
    await workbench().reload();
    await expect.poll(barText, { timeout: 30_000 }).toBe(spend);
    expect(readEngine()).toEqual(before);
    expect(await copyEndpoint(workbench())).toEqual(endpoint);
  });

  test('says so when the engine was killed, has it back by itself, and counts on', async () => {
    const before = await barText();
    const { pid } = readEngine();
    const seen: string[] = [];
    process.kill(pid, 'SIGKILL');
    await expect
      .poll(
        async () => {
          seen.push((await item().getAttribute('aria-label')) ?? '');
          return seen.at(-1);
        },
        { interval: 20 },
      )
      .toBe('Spend Lens is starting its engine');
    await expect.poll(barText, { timeout: 15_000 }).toBe(before);
    expect(readEngine().pid).not.toBe(pid);
    // The same address and token as before: agents in terminals need not know.
    await post(endpoint, { model: 'gpt-4.1', prompt_tokens: 500_000, completion_tokens: 0 });
    await expect.poll(barText).toBe(`$${(Number(before?.slice(1)) + 1).toFixed(2)}`);
  });
});
