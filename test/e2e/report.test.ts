import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../src/api/contract.ts';
import { callEndpoint, type Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const now = Date.now();
const daysAgo = (days: number): string => new Date(now - days * dayMs).toISOString();
const context = { session_id: 'refactor, part "2"', task_type: 'refactoring', user_id: 'ada', latency_ms: 1_500 };
const calls = [
  // 100,000 × 2 + 10,000 × 8 USD per 1M = 0.28.
  { ...context, model: 'gpt-4.1', prompt_tokens: 100_000, completion_tokens: 10_000, cache_read_tokens: 0 },
  { ...context, model: 'gpt-4.1-mini', prompt_tokens: 50_000, completion_tokens: 2_000, timestamp: daysAgo(3) },
  {
    ...context,
    model: 'claude-sonnet-4-20250514',
    prompt_tokens: 9_000,
    completion_tokens: 900,
    timestamp: daysAgo(3),
  },
  { ...context, model: 'gpt-4.1', prompt_tokens: 70_000, completion_tokens: 2_000, timestamp: daysAgo(20) },
  { ...context, model: 'gpt-4.1', prompt_tokens: 10_000, completion_tokens: 1_000, timestamp: daysAgo(40) },
];

describe('the usage report', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' } });
  const report = () => workbench().reportFrame();
  /** A figure of the overview by its label. */
  const readFigure = async (label: string): Promise<string> => {
    const figure = report().locator('.figure', { has: workbench().page.getByText(label, { exact: true }) });
    return ((await figure.locator('.value').textContent()) ?? '').trim();
  };
  const choosePeriod = async (name: string): Promise<void> => {
    await report().getByRole('combobox', { name: 'Period' }).click();
    await report().getByRole('option', { name, exact: true }).click();
  };
  const choose = async (list: string, option: string): Promise<void> => {
    await report().getByRole('combobox', { name: list, exact: true }).click();
    await report().getByRole('option', { name: option, exact: true }).click();
  };
  const summarize = (query: string): Promise<Summary> => callEndpoint<Summary>(endpoint, `/v1/summary?${query}`);
  let endpoint: Endpoint;

  test('shows how to connect before the first call', async () => {
    endpoint = await copyEndpoint(workbench());
    await workbench().page.evaluate("navigator.clipboard.writeText('')");
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await report().getByRole('heading', { name: 'No calls recorded yet' }).waitFor();
    expect(await report().getByText(endpoint.url).first().textContent()).toContain(endpoint.url);
    expect(await report().locator('body').textContent()).not.toContain(endpoint.token);
    await workbench().screenshot('report-empty');
    await report().getByRole('button', { name: 'Copy Connection Settings' }).click();
    await expect.poll(() => workbench().readClipboard()).toContain(endpoint.token);
  });

  test('follows new calls while it is open', async () => {
    const since = performance.now();
    await post(endpoint, calls);
    await expect.poll(() => readFigure('Requests'), { interval: 20 }).toBe('3');
    console.log(`report drawn ${Math.round(performance.now() - since)} ms after the call`);
    const before = await readFigure('Spend');
    await post(endpoint, { ...calls[0], task_type: 'review' });
    await expect.poll(() => readFigure('Spend')).not.toBe(before);
    await choose('Breakdown', 'Task type');
    await report()
      .getByRole('table', { name: /by task type/ })
      .getByText('review')
      .waitFor();
    await choose('Breakdown', 'Model');
    const live = report().getByRole('status');
    expect(await live.textContent()).not.toContain('No calls');
  });

  test.for([
    ['Today', 'today'],
    ['Last 30 days', '30d'],
    ['This month', 'month'],
    ['Last 7 days', '7d'],
  ] as const)('shows what the endpoint sums up for “%s”', async ([text, period]) => {
    await choosePeriod(text);
    const { total } = await summarize(`period=${period}`);
    await expect.poll(() => readFigure('Requests')).toBe(String(total.requests));
    expect(await readFigure('Spend')).toBe(`$${total.cost_usd?.toFixed(2)}`);
    expect(await readFigure('Tokens in')).toBe(total.prompt_tokens.toLocaleString('en-US'));
    expect(await readFigure('Tokens out')).toBe(total.completion_tokens.toLocaleString('en-US'));
    expect(await readFigure('Avg. latency')).toBe('1.50 s');
  });

  test('shows a custom range of days, the last one included', async () => {
    await choosePeriod('Custom range');
    await report()
      .getByLabel('From')
      .fill(dayOf(now - 45 * dayMs));
    await report()
      .getByLabel('To', { exact: true })
      .fill(dayOf(now - 20 * dayMs));
    await report().getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(() => readFigure('Requests')).toBe('2');
    // 80,000 × 2 + 3,000 × 8 USD per 1M.
    expect(await readFigure('Spend')).toBe('$0.18');
    // Bars move to their new places.
    await workbench().page.waitForTimeout(1_200);
    await workbench().screenshot('report-custom');
  });

  test('exports what it shows as CSV, as JSON and as Markdown', async () => {
    const { page } = workbench();
    const range = { from: dayOf(now - 45 * dayMs), to: dayOf(now - 19 * dayMs) };
    const { groups, from, to } = await summarize(`from=${range.from}&to=${range.to}&group_by=model`);
    const shown = await report()
      .getByRole('table', { name: /by model/ })
      .locator('tbody tr')
      .allTextContents();
    const save = async (format: 'CSV' | 'JSON'): Promise<string> => {
      const file = path.join(workbench().profile.workspace, `usage.${format.toLowerCase()}`);
      await report()
        .getByRole('button', { name: `Export as ${format}` })
        .click();
      const input = page.locator('.quick-input-widget input[type="text"]');
      const name = `spend-lens-overview-${range.from}-to-${dayOf(now - 20 * dayMs)}.${format.toLowerCase()}`;
      await expect.poll(() => input.inputValue()).toBe(path.join(workbench().profile.workspace, name));
      await input.fill(file);
      await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
      await workbench().notification(`Exported to usage.${format.toLowerCase()}.`).waitFor();
      expect(existsSync(file)).toBe(true);
      return readFileSync(file, 'utf8');
    };
    const json = JSON.parse(await save('JSON'));
    expect(json).toMatchObject({
      title: 'Overview',
      workspace: 'workspace',
      scope: 'workspace',
      time_zone: 'UTC',
      period: { kind: 'custom', ...range },
      from,
      to,
      filter: {},
    });
    const breakdown = json.tables.find(({ title }: { title: string }) => title === 'Breakdown by model');
    expect(breakdown.rows).toEqual(
      groups.map(
        ({ key, cost_usd, requests, prompt_tokens, cache_read_tokens, completion_tokens, avg_latency_ms }) => ({
          name: key.model,
          ...{ cost_usd, requests, prompt_tokens, cache_read_tokens, completion_tokens, avg_latency_ms },
        }),
      ),
    );
    expect(await save('CSV')).toContain(
      'Breakdown by model\r\nname,cost_usd,requests,prompt_tokens,cache_read_tokens,completion_tokens,avg_latency_ms\r\ngpt-4.1,0.184,2,80000,0,3000,1500\r\n',
    );
    await workbench().page.evaluate("navigator.clipboard.writeText('')");
    await report().getByRole('button', { name: 'Export as Markdown' }).click();
    await expect.poll(() => workbench().readClipboard()).toContain('### Breakdown by model');
    expect(await workbench().readClipboard()).toContain('| gpt-4.1 | $0.18 | 2 | 80,000 | 0 | 3,000 | 1.50 s |');
    expect(shown.length).toBe(1);
  });

  test('leads from a name to its calls, and explains a figure down to one call', async () => {
    await choosePeriod('Last 30 days');
    await report().getByRole('button', { name: 'Show only claude-sonnet-4-20250514' }).click();
    await expect.poll(() => readFigure('Requests')).toBe('1');
    await report()
      .getByRole('button', { name: /Explain Spend$/ })
      .click();
    const dialog = report().getByRole('dialog', { name: 'Spend, explained' });
    await dialog.getByText(/^9,000 × \$3\.00 \+ 900 × \$15\.00$/).waitFor();
    await workbench().screenshot('report-explain');
    await dialog
      .getByRole('button', { name: /Explain claude-sonnet-4/ })
      .last()
      .click();
    // 9,000 × 3 + 900 × 15 USD per 1M.
    await report()
      .getByRole('dialog', { name: 'One call, explained' })
      .getByText('$0.0405 · claude-sonnet-4')
      .waitFor();
    await workbench().screenshot('report-explain-call');
    await report().getByRole('button', { name: 'Close' }).click();
    await report()
      .getByRole('button', { name: /^Remove the filter/ })
      .click();
    await report().getByRole('tab', { name: 'Sessions' }).click();
    await report()
      .getByRole('button', { name: `Open session ${context.session_id}` })
      .click();
    await report()
      .getByRole('table', { name: /Calls of the session/ })
      .waitFor();
    expect(await report().locator('#timeline tbody tr').count()).toBe(calls.length + 1);
    await workbench().screenshot('report-session');
    await report().getByRole('tab', { name: 'Budgets' }).click();
    await report()
      .getByRole('table', { name: /Budgets now/ })
      .getByText('Daily budget')
      .waitFor();
    await workbench().screenshot('report-budgets');
    await report().getByRole('tab', { name: 'Estimates' }).click();
    await report().getByRole('heading', { name: 'No estimates yet' }).waitFor();
    await report().getByRole('searchbox', { name: 'Search' }).fill('refactor');
    await report()
      .getByRole('table', { name: /Search results/ })
      .getByText('refactoring')
      .waitFor();
    await report().getByRole('searchbox', { name: 'Search' }).fill('');
    await report().getByRole('tab', { name: 'Overview' }).click();
  });

  test('shows a model without a price as unpriced; “Set Price…” prices the calls that wait for one', async () => {
    await choosePeriod('Today');
    const before = Number((await summarize('period=today')).total.cost_usd);
    const call = { ...context, model: 'made-up-1', prompt_tokens: 1_000_000, completion_tokens: 100_000 };
    await post(endpoint, [call, call]);
    const row = report()
      .getByRole('table', { name: /Breakdown by model/ })
      .getByRole('row', { name: /made-up-1/ });
    await row.getByText('unpriced', { exact: true }).waitFor();
    expect(await readFigure('Spend')).toBe(`≥ $${before.toFixed(2)}`);
    await report().getByRole('heading', { name: 'Models without a price', exact: true }).waitFor();
    await workbench().screenshot('report-unpriced');
    await report().getByRole('button', { name: 'Set Price… for made-up-1' }).click();
    const { page } = workbench();
    const box = page.locator('.quick-input-widget');
    await box.getByText('Price of made-up-1 (1/2)').waitFor();
    await page.keyboard.type('0.5');
    await page.keyboard.press('Enter');
    await box.getByText('Price of made-up-1 (2/2)').waitFor();
    await page.keyboard.type('2');
    await page.keyboard.press('Enter');
    // Each 1M × 0.50 + 100,000 × 2 USD per 1M = 0.70.
    await row.getByText('$1.40').waitFor();
    await expect.poll(() => readFigure('Priced')).toBe('100%');
    expect(await readFigure('Spend')).toBe(`$${(before + 1.4).toFixed(2)}`);
    await workbench().notification('made-up-1 is priced from now on').waitFor();
    const settings = readFileSync(path.join(workbench().profile.userData, 'User/settings.json'), 'utf8');
    expect(JSON.parse(settings)['spendLens.prices']).toEqual({ 'made-up-1': { input: 0.5, output: 2 } });
  });

  test('comes back after a reload with its period', async () => {
    await workbench().waitUntilSaved();
    const [spend, requests] = [await readFigure('Spend'), await readFigure('Requests')];
    await workbench().reload();
    await expect.poll(() => readFigure('Requests'), { timeout: 20_000 }).toBe(requests);
    expect(await readFigure('Spend')).toBe(spend);
    expect(
      await report().getByRole('option', { name: 'Today', includeHidden: true }).getAttribute('aria-selected'),
    ).toBe('true');
    await post(endpoint, calls[0]);
    await expect.poll(() => readFigure('Requests')).toBe(String(Number(requests) + 1));
    expect(await workbench().page.locator('.tab', { hasText: 'Usage Report' }).count()).toBe(1);
  });

  test.for([
    ['Default Light Modern', 'vscode-light'],
    ['Default Dark Modern', 'vscode-dark'],
    ['Default High Contrast', 'vscode-high-contrast'],
    ['Default High Contrast Light', 'vscode-high-contrast-light'],
  ] as const)('is drawn in the colours of %s', async ([theme, className]) => {
    await choosePeriod('Last 7 days');
    workbench().changeFolderSettings({ 'workbench.colorTheme': theme });
    await report().locator(`body.${className}`).waitFor();
    await workbench().page.waitForTimeout(500);
    await workbench().screenshot(`report-${className}`);
  });
});
