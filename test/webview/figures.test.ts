/** What the page draws equals what the engine answered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportContent } from '../../webview-ui/messages.ts';
import { type Calls, contentOf, dayRange, monthOfCalls, monthRange, weekOfCalls } from '../fixtures/report/content.ts';
import { readTable } from './readPage.ts';
import { type ReportBrowser, startReportBrowser } from './reportPage.ts';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const call: Calls = {
  day: '2026-11-22',
  model: 'gpt-4.1',
  task: 'review',
  session: 's-1',
  user: 'mira',
  requests: 10,
  tokensIn: 12_345,
  tokensOut: 678,
  cached: 2_469,
  costUsd: 1.5,
  latencyMs: 1234,
};
const open = (content: ReportContent) => browser.open({ content });

describe('the overview', () => {
  test('shows the figures of the period', async () => {
    const { page } = await open(contentOf([call]));
    const overview = page.getByRole('region', { name: 'Overview' });
    expect(await overview.locator('dt').allTextContents()).toEqual([
      'Spend',
      'Requests',
      'Tokens in',
      'Cached',
      'Tokens out',
      'Avg. latency',
      'Unpriced',
    ]);
    expect(await overview.locator('.value').allTextContents()).toEqual([
      '$1.50',
      '10',
      '12,345',
      '2,469',
      '678',
      '1.23 s',
      '0',
    ]);
    await overview.getByText('20% of tokens in').waitFor();
    expect(await overview.getByRole('button', { name: 'Set Price…' }).isVisible()).toBe(false);
    await page.getByText('checkout-service · Nov 16 – 22, 2026 · Europe/Berlin').waitFor();
  });

  test('follows the language of the page but money stays in dollars', async () => {
    const { page } = await browser.open({ content: contentOf([call]), language: 'de' });
    const values = await page.getByRole('region', { name: 'Overview' }).locator('.value').allTextContents();
    expect(values.slice(0, 3)).toEqual(['$1.50', '10', '12.345']);
  });
});

describe('the tables', () => {
  test('show every group of the week with its figures, dearest first', async () => {
    const content = contentOf(weekOfCalls);
    const { page } = await open(content);
    for (const [title, summary] of [
      ['By model', content.byModel],
      ['By task type', content.byTaskType],
      ['By session', content.bySession],
      ['By user', content.byUser],
    ] as const) {
      const rows = await readTable(page, title);
      expect(rows.length).toBe(summary.groups.length);
      const expected = [...summary.groups]
        .sort((a, b) => (b.cost_usd ?? -1) - (a.cost_usd ?? -1))
        .map(group => [
          Object.values(group.key)[0] ?? '(none)',
          group.requests.toLocaleString('en'),
          group.prompt_tokens.toLocaleString('en'),
          group.cache_read_tokens.toLocaleString('en'),
          group.completion_tokens.toLocaleString('en'),
        ]);
      expect(rows.map(row => [row[0], ...row.slice(2, 6)])).toEqual(expected);
    }
    const models = await readTable(page, 'By model');
    expect(models[0]?.slice(0, 2)).toEqual(['claude-sonnet-4-20250514', '$85.55']);
  });

  test('call a cost that nobody knows unpriced, and a sum that lacks some a lower bound', async () => {
    const { page, sent } = await open(
      contentOf([
        { ...call, requests: 7 },
        { ...call, model: 'acme-x', requests: 3, costUsd: null },
      ]),
    );
    const models = await readTable(page, 'By model');
    expect(models.map(row => row[1])).toEqual(['$1.50', 'unpriced Set Price…']);
    const tasks = await readTable(page, 'By task type');
    expect(tasks.map(row => row[1])).toEqual(['≥ $1.50 3 of 10 unpriced']);
    expect(await page.getByText('$0.00', { exact: true }).count()).toBe(0);

    await page.getByRole('button', { name: 'Set Price… for acme-x' }).click();
    await page.getByRole('region', { name: 'Overview' }).getByRole('button', { name: 'Set Price…' }).click();
    expect((await sent()).slice(-2)).toEqual([
      { type: 'run', command: 'setPriceOverride', model: 'acme-x' },
      { type: 'run', command: 'setPriceOverride' },
    ]);
  });

  test('show names as text, whatever they contain', async () => {
    const name = '<img src=x onerror="globalThis.wasRun = true">';
    const { page, complaints } = await open(
      contentOf([{ ...call, model: name, task: name, session: name, user: name }]),
    );
    await page.getByText('Show as table').click();
    await page.getByRole('columnheader', { name, exact: true }).first().waitFor();
    for (const title of ['By model', 'By task type', 'By session', 'By user']) {
      expect((await readTable(page, title))[0]?.[0]).toBe(name);
    }
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('show ten of many and more on request', async () => {
    const { page } = await open(contentOf(monthOfCalls, { range: monthRange }));
    const section = page.getByRole('region', { name: 'By session 90' });
    expect(await section.locator('tbody tr').count()).toBe(10);
    await section.getByRole('button', { name: 'Show 50 more' }).click();
    expect(await section.locator('tbody tr').count()).toBe(60);
    await section.getByRole('button', { name: 'Show 30 more' }).click();
    expect(await section.locator('tbody tr').count()).toBe(90);
    expect(await section.getByRole('button', { name: 'Cost' }).evaluate(each => each === document.activeElement)).toBe(
      true,
    );
  });
});

describe('the chart', () => {
  test('has a table with the same figures', async () => {
    const content = contentOf(weekOfCalls);
    const { page } = await open(content);
    await page.getByText('Show as table').click();
    const table = page.locator('.day-table table');
    const headers = await table.locator('thead th').allTextContents();
    expect(headers.slice(0, 3)).toEqual(['Day', 'Total', 'claude-sonnet-4-20250514']);
    const rows = await Promise.all(
      (await table.locator('tbody tr').all()).map(row => row.locator('th, td').allTextContents()),
    );
    expect(rows.map(row => row[0])).toEqual(['Nov 16', 'Nov 17', 'Nov 18', 'Nov 19', 'Nov 20', 'Nov 21', 'Nov 22']);
    for (const [index, row] of rows.entries()) {
      for (const [column, cell] of row.entries()) {
        const group = content.byDay.groups.find(
          ({ key }) => key.day === `2026-11-${16 + index}` && key.model === headers[column],
        );
        if (column > 1) {
          const cost = group?.cost_usd;
          expect(cell).toBe(cost == null ? (group ? 'unpriced' : '–') : `$${cost.toFixed(2)}`);
        }
      }
    }
    const footer = await table.locator('tfoot th, tfoot td').allTextContents();
    expect(footer.slice(0, 3)).toEqual(['Total', '≥ $146.05', '$85.55']);
  });

  test('is summed up in words and drawn in the theme’s colours', async () => {
    const { page, setTheme } = await open(contentOf(weekOfCalls));
    const chart = page.getByRole('img', { name: /^Spend per day by model, Nov 16 – Nov 22: ≥ \$146\.05 in total\./ });
    expect(await chart.getAttribute('aria-label')).toContain('Highest day: Nov 20 with ≥ $38.75');
    const countPixels = (color: readonly number[]) =>
      chart.evaluate((canvas, [red, green, blue]) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        let count = 0;
        for (let index = 0; index < pixels.length; index += 4) {
          count += Number(pixels[index] === red && pixels[index + 1] === green && pixels[index + 2] === blue);
        }
        return count;
      }, color);
    const darkBlue = [0x59, 0xa4, 0xf9];
    const lightBlue = [0x00, 0x63, 0xd3];
    await expect.poll(() => countPixels(darkBlue)).toBeGreaterThan(5000);
    await setTheme('light');
    await expect.poll(() => countPixels(lightBlue)).toBeGreaterThan(5000);
    expect(await countPixels(darkBlue)).toBe(0);
  });

  test('keeps eight models and sums the others', async () => {
    const { page } = await open(contentOf(monthOfCalls, { range: monthRange }));
    expect(await page.locator('.legend li').allTextContents()).toEqual([
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(letter => `model-${letter}`),
      'Other models',
    ]);
  });

  test('draws one day as one bar, and nothing when nothing has a price', async () => {
    const today = await open(contentOf([call], { range: dayRange }));
    await today.page.getByRole('img', { name: /^Spend by model, Nov 22: \$1\.50 in total/ }).waitFor();
    const unpriced = await open(contentOf([{ ...call, costUsd: null }]));
    await unpriced.page.getByText('Nothing in this period has a price yet.').waitFor();
    expect(await unpriced.page.locator('.chart').isVisible()).toBe(false);
    expect(await unpriced.page.locator('.totals .value').first().textContent()).toBe('unpriced');
  });
});
