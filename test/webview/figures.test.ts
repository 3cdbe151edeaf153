/** What the page draws equals what the engine answered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Place, ReportContent } from '../../webview-ui/messages.ts';
import { defaultPlace } from '../../webview-ui/state.ts';
import { type Calls, contentOf, monthOfCalls, monthRange, summarise, weekOfCalls } from '../fixtures/report/content.ts';
import { choose, readFigures, readTable } from './readPage.ts';
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
const open = (content: ReportContent | ((place: Place) => ReportContent)) => browser.open({ content });
const stateOf = (place: Partial<Place>) => ({ place: { ...defaultPlace, ...place } });

/** The content with another total and another one before it. */
function withTotal(total: object, previous: object): ReportContent {
  const content = contentOf([call]);
  const { view } = content;
  return view.kind === 'overview'
    ? {
        ...content,
        view: {
          ...view,
          summary: {
            ...view.summary,
            total: { ...view.summary.total, ...total },
            previous: { from: '', to: '', total: { ...view.summary.total, ...previous } },
          },
        },
      }
    : content;
}

describe('the overview', () => {
  test('shows the figures of the period', async () => {
    const { page } = await open(contentOf([call]));
    expect(await readFigures(page)).toEqual({
      Spend: ['$1.50', '0%'],
      Requests: ['10', '0%'],
      'Tokens in': ['12,345', '0%'],
      'Tokens out': ['678', '0%'],
      'Cache hit rate': ['20%', '$0.15 saved'],
      'Avg. latency': ['1.23 s', '0%'],
      'Failed calls': ['3', ''],
      Priced: ['100%', 'all of them exactly'],
    });
    await page.getByText('checkout-service · Nov 16 – 22, 2026 · Europe/Berlin').waitFor();
  });

  test('says how the figures changed, what subscriptions pay for, and how much is known exactly', async () => {
    const { page } = await open(
      withTotal(
        { cost_usd: 12, subscription_cost_usd: 9, estimated_requests: 2, unpriced_requests: 1 },
        { cost_usd: 2, subscription_cost_usd: null, requests: 40 },
      ),
    );
    const figures = await readFigures(page);
    expect(figures.Spend).toEqual(['≥ $3.00', '+50% · 1 of 10 unpriced · ~$9.00 on subscriptions']);
    expect(figures.Requests).toEqual(['10', '-75%']);
    expect(figures.Priced).toEqual(['70%', '20% estimated · 10% unpriced']);
  });

  test('does not say all before it is all, nor nothing before it is nothing', async () => {
    const { page } = await open(
      withTotal({ requests: 1000, unpriced_requests: 1, prompt_tokens: 1e6, cache_read_tokens: 3 }, {}),
    );
    const figures = await readFigures(page);
    expect(figures.Priced).toEqual(['99%', '1% unpriced']);
    expect(figures['Cache hit rate']?.[0]).toBe('1%');
  });

  test('follows the language of the page, and money stays in dollars', async () => {
    const { page } = await browser.open({ content: contentOf([call]), language: 'de' });
    const figures = await readFigures(page);
    expect([figures.Spend?.[0], figures['Tokens in']?.[0]]).toEqual(['1,50\u00a0$', '12.345']);
  });
});

describe('the breakdown', () => {
  test.for([
    ['Model', 'model', 'by model'],
    ['Task type', 'task_type', 'by task type'],
    ['Session', 'session_id', 'by session'],
    ['User', 'user_id', 'by user'],
  ] as const)(
    'by %s shows every group of the week with its figures, dearest first',
    async ([option, dimension, by]) => {
      const { page } = await open(place => contentOf(weekOfCalls, { place }));
      if (option !== 'Model') {
        await choose(page, 'Breakdown', option);
      }
      await page.getByRole('table', { name: `Breakdown ${by}` }).waitFor();
      const rows = await readTable(page, `Breakdown ${by}`);
      const expected = [...summarise(weekOfCalls, [dimension]).groups]
        .sort((a, b) => (b.cost_usd ?? -1) - (a.cost_usd ?? -1))
        .map(group => [
          group.key[dimension] ?? '(none)',
          group.requests.toLocaleString('en'),
          group.prompt_tokens.toLocaleString('en'),
          group.cache_read_tokens.toLocaleString('en'),
          group.completion_tokens.toLocaleString('en'),
        ]);
      expect(rows.map(row => [row[0], ...row.slice(2, 6)])).toEqual(expected);
      if (option === 'Model') {
        expect(rows[0]?.slice(0, 2)).toEqual(['claude-sonnet-4-20250514', '$85.55']);
      }
    },
  );

  test('calls a cost that nobody knows unpriced, and a sum that lacks some a lower bound', async () => {
    const calls = [
      { ...call, requests: 7 },
      { ...call, model: 'acme-x', requests: 3, costUsd: null },
    ];
    const { page, sent } = await open(place => contentOf(calls, { place }));
    expect((await readTable(page, 'Breakdown by model')).map(row => row[1])).toEqual(['$1.50', 'unpriced']);
    expect(await readTable(page, 'Models without a price')).toEqual([['acme-x Set Price…', '3', '12,345', '678']]);
    await page.getByRole('button', { name: 'Set Price… for acme-x' }).click();
    expect((await sent()).at(-1)).toEqual({ type: 'run', command: 'setPriceOverride', model: 'acme-x' });
    await choose(page, 'Breakdown', 'Task type');
    await expect
      .poll(async () => (await readTable(page, 'Breakdown by task type')).map(row => row[1]))
      .toEqual(['≥ $1.50 3 of 10 unpriced']);
    expect(await page.getByText('$0.00', { exact: true }).count()).toBe(0);
  });

  test('shows names as text, whatever they contain', async () => {
    const name = '<img src=x onerror="globalThis.wasRun = true">';
    const calls = [{ ...call, model: name, task: name, session: name, user: name }];
    const { page, complaints } = await open(place => contentOf(calls, { place }));
    await page.getByText('Show as table').click();
    await page.getByRole('columnheader', { name, exact: true }).first().waitFor();
    for (const option of ['Task type', 'Session', 'User']) {
      await choose(page, 'Breakdown', option);
      await page.getByRole('button', { name: `Show only ${name}` }).waitFor();
    }
    await page.getByRole('button', { name: `Show only ${name}` }).click();
    await page.getByRole('button', { name: `Remove the filter User: ${name}` }).waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate(() => 'wasRun' in globalThis)).toBe(false);
    expect(complaints).toEqual([]);
  });

  test('shows ten of many and more on request', async () => {
    const place = { dimension: 'session_id' } as const;
    const { page } = await browser.open({
      state: stateOf(place),
      content: contentOf(monthOfCalls, { place, range: monthRange }),
    });
    const section = page.getByRole('region', { name: 'Breakdown by session 90' });
    expect(await section.locator('tbody tr').count()).toBe(10);
    await section.getByRole('button', { name: 'Show 50 more' }).click();
    expect(await section.locator('tbody tr').count()).toBe(60);
    await section.getByRole('button', { name: 'Show 30 more' }).click();
    expect(await section.locator('tbody tr').count()).toBe(90);
    expect(
      await section
        .getByRole('button', { name: 'Cost', exact: true })
        .evaluate(each => each === document.activeElement),
    ).toBe(true);
  });
});

test('tokens and cost by kind add up to the spend', async () => {
  const { page } = await open(contentOf([call]));
  expect(await readTable(page, 'Tokens and cost by kind')).toEqual([
    ['Output', '$0.75', '678', '50%'],
    ['Input', '$0.60', '9,876', '40%'],
    ['Cache read', '$0.15', '2,469', '10%'],
  ]);
});

describe('the chart', () => {
  test('has a table with the same figures', async () => {
    const content = contentOf(weekOfCalls);
    const { page } = await open(content);
    await page.getByText('Show as table').click();
    const table = page.locator('.series-table table');
    await table.locator('tfoot').waitFor();
    const headers = await table.locator('thead th').allTextContents();
    expect(headers.slice(0, 3)).toEqual(['Time', 'Total', 'claude-sonnet-4-20250514']);
    const rows = await Promise.all(
      (await table.locator('tbody tr').all()).map(row => row.locator('th, td').allTextContents()),
    );
    expect(rows.map(row => row[0])).toEqual(['Nov 16', 'Nov 17', 'Nov 18', 'Nov 19', 'Nov 20', 'Nov 21', 'Nov 22']);
    const { groups } = summarise(weekOfCalls, ['day', 'model']);
    for (const [index, row] of rows.entries()) {
      for (const [column, cell] of row.entries()) {
        const group = groups.find(({ key }) => key.day === `2026-11-${16 + index}` && key.model === headers[column]);
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
    expect(await chart.getAttribute('aria-label')).toContain('Highest: Nov 20 with ≥ $38.75');
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
      'Others',
    ]);
  });

  test.for([
    ['Token kind', 'Automatic', 'Spend per day by token kind', ['Output', 'Input', 'Cache read']],
    [
      'Task type',
      'Week',
      'Spend per week by task type',
      ['documentation', 'test-repair', 'review', '(none)', 'code-generation'],
    ],
    ['Model', 'Month', 'Spend per month by model', null],
  ] as const)('stacks by %s, by %s', async ([stack, interval, title, names]) => {
    const { page } = await open(place => contentOf(weekOfCalls, { place }));
    if (stack !== 'Model') {
      await choose(page, 'Stack by', stack);
    }
    if (interval !== 'Automatic') {
      await choose(page, 'By', interval);
    }
    await page.getByRole('heading', { name: title }).waitFor();
    const legend = await page.locator('.legend li').allTextContents();
    if (names) {
      expect([...legend].sort()).toEqual([...names].sort());
    }
    await page.getByText('Show as table').click();
    const footer = await page.locator('.series-table tfoot td').first().textContent();
    expect(footer).toBe('≥ $146.05');
  });

  test('has nothing to draw when nothing has a price; the page says what to do', async () => {
    const unpriced = await open(contentOf([{ ...call, costUsd: null }]));
    await unpriced.page.getByText('Nothing in this period has a price yet.').waitFor();
    await unpriced.page.getByRole('heading', { name: 'Nothing here has a price yet' }).waitFor();
    expect(await unpriced.page.locator('.chart').isVisible()).toBe(false);
    expect((await readFigures(unpriced.page)).Spend?.[0]).toBe('unpriced');
    await unpriced.page.getByRole('button', { name: 'Set Price…', exact: true }).click();
    expect((await unpriced.sent()).at(-1)).toEqual({ type: 'run', command: 'setPriceOverride' });
  });
});
