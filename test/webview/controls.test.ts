/** What the user's hands do: period, sorting, export; and that it survives a reload. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultPlace } from '../../webview-ui/state.ts';
import { contentOf, sessionRecords, weekOfCalls } from '../fixtures/report/content.ts';
import { explainedCall, explainedCalls, viewContents } from '../fixtures/report/views.ts';
import { choose, readChoice, readTable } from './readPage.ts';
import { type ReportBrowser, startReportBrowser } from './reportPage.ts';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const week = contentOf(weekOfCalls);

async function choosePeriod(page: Page, name: string) {
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name }).click();
}

async function enterDates(page: Page, from: string, to: string) {
  await page.getByLabel('From').fill(from);
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
}

describe('the period', () => {
  test('is the last 7 days at first, and asked for after the page is ready', async () => {
    const { sent } = await browser.open();
    expect(await sent()).toEqual([{ type: 'ready' }, { type: 'load', request: 1, place: defaultPlace }]);
  });

  test.for([
    ['Today', 'today'],
    ['Last 30 days', '30d'],
    ['This month', 'month'],
  ] as const)('%s is asked for at once', async ([text, name]) => {
    const { page, sent } = await browser.open({ content: week });
    await choosePeriod(page, text);
    await expect
      .poll(async () => (await sent()).at(-1))
      .toMatchObject({ type: 'load', place: { period: { kind: 'named', name } } });
  });

  test('can be chosen by keyboard', async () => {
    const { page, sent } = await browser.open({ content: week });
    await page.getByRole('combobox', { name: 'Period' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await sent()).at(-1))
      .toMatchObject({ place: { period: { kind: 'named', name: 'month' } } });
  });

  test('of two days includes the last one on screen and excludes it in the message', async () => {
    const { page, sent } = await browser.open({ content: week });
    await choosePeriod(page, 'Custom range');
    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-16');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-11-22');
    await enterDates(page, '2026-10-25', '2026-10-31');
    const custom = { kind: 'custom', from: '2026-10-25', to: '2026-11-01' };
    await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ type: 'load', place: { period: custom } });
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-10-31');

    await page.getByLabel('From').fill('2026-10-26');
    await page.getByLabel('From').press('Enter');
    await expect
      .poll(async () => (await sent()).at(-1))
      .toMatchObject({ place: { period: { ...custom, from: '2026-10-26' } } });
  });

  test('of two days is refused with a reason when it makes no sense', async () => {
    const { page, sent } = await browser.open({ content: week });
    const before = (await sent()).length;
    await choosePeriod(page, 'Custom range');
    for (const [from, to, reason] of [
      ['2026-11-23', '2026-11-22', 'The first day is after the last one.'],
      ['', '2026-11-22', 'Enter both dates.'],
      ['2016-11-22', '2026-11-22', 'Choose at most three years.'],
    ] as const) {
      await enterDates(page, from, to);
      await page.getByRole('alert').filter({ hasText: reason }).waitFor();
      expect(await page.getByLabel('From').getAttribute('aria-invalid')).toBe('true');
    }
    expect((await sent()).length).toBe(before);
    await page.getByLabel('From').fill('2026-11-22');
    expect(await page.getByText('Choose at most three years.').isVisible()).toBe(false);
  });
});

describe('sorting', () => {
  test('turns by click, says so, and keeps unknown costs last either way', async () => {
    const { page } = await browser.open({ content: week });
    const table = page.getByRole('table', { name: 'Breakdown by model' });
    const names = async () => (await readTable(page, 'Breakdown by model')).map(row => row[0]);
    const costHeader = table.getByRole('columnheader', { name: 'Cost', exact: true });
    expect(await costHeader.getAttribute('aria-sort')).toBe('descending');
    const byCost = await names();
    expect(byCost.at(-1)).toBe('acme-coder-experimental');

    await table.getByRole('button', { name: 'Cost', exact: true }).click();
    expect(await costHeader.getAttribute('aria-sort')).toBe('ascending');
    expect(await names()).toEqual([...byCost.slice(0, -1).reverse(), 'acme-coder-experimental']);

    await table.getByRole('button', { name: 'Model', exact: true }).click();
    expect(await costHeader.getAttribute('aria-sort')).toBe('none');
    expect(await names()).toEqual([...byCost].sort());

    await table.getByRole('button', { name: 'Requests', exact: true }).press('Enter');
    expect((await names())[0]).toBe('gpt-4.1-mini');
  });
});

describe('a reload', () => {
  test('keeps all of the place, and sorting', async () => {
    const { page, sent } = await browser.open({ content: place => contentOf(weekOfCalls, { place }) });
    await choosePeriod(page, 'This month');
    await choose(page, 'Scope', 'All workspaces');
    await choose(page, 'Breakdown', 'User');
    await choose(page, 'Stack by', 'Agent');
    await choose(page, 'By', 'Week');
    await page.getByRole('button', { name: 'Show only mira' }).click();
    const header = page.getByRole('table', { name: 'Breakdown' }).getByRole('columnheader', { name: 'Requests' });
    await header.getByRole('button').click();
    await page.reload();
    const place = {
      ...defaultPlace,
      period: { kind: 'named', name: 'month' },
      scope: 'machine',
      dimension: 'user_id',
      stack: 'agent',
      interval: 'week',
      filter: { user_id: ['mira'] },
    };
    await expect.poll(sent).toContainEqual({ type: 'load', request: 1, place });
    expect(await readChoice(page, 'Period')).toBe('This month');
    expect(await readChoice(page, 'Scope')).toBe('All workspaces');
    await page.evaluate(given => globalThis.played.answerLoads(given), { url: 'http://127.0.0.1:1', token: '' });
    await expect.poll(() => header.getAttribute('aria-sort')).toBe('descending');
    await expect.poll(() => readChoice(page, 'By')).toBe('Week');
    await page.getByRole('button', { name: 'Remove the filter User: mira' }).waitFor();
  });

  test('shows the two days of a custom period again', async () => {
    const { page } = await browser.open({
      state: { place: { period: { kind: 'custom', from: '2026-11-01', to: '2026-11-08' } } },
    });
    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-01');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-11-07');
  });

  test.for([
    [null],
    ['text'],
    [{ place: { period: { kind: 'named', name: 'decade' } } }],
    [{ place: { period: { kind: 'custom', from: 'x', to: 1 }, filter: { model: 'x' }, view: 'x', dimension: 1 } }],
  ])('does not trust what was kept: %j', async ([state]) => {
    const { sent, complaints } = await browser.open({ state });
    expect((await sent()).at(-1)).toMatchObject({ place: defaultPlace });
    expect(complaints).toEqual([]);
  });
});

describe('drilling down', () => {
  test('a name becomes a filter, and the filter goes by its own button', async () => {
    const { page, sent } = await browser.open({ content: place => contentOf(weekOfCalls, { place }) });
    const filter = async () => {
      const last = (await sent()).at(-1);
      return last?.type === 'load' ? last.place.filter : undefined;
    };
    await page.getByRole('button', { name: 'Show only gpt-4.1', exact: true }).click();
    await expect.poll(filter).toEqual({ model: ['gpt-4.1'] });
    await choose(page, 'Breakdown', 'User');
    await page.getByRole('button', { name: 'Show only (none)' }).click();
    await expect.poll(filter).toEqual({ model: ['gpt-4.1'], user_id: [null] });
    await page.getByRole('button', { name: 'Remove the filter Model: gpt-4.1' }).click();
    await expect.poll(filter).toEqual({ user_id: [null] });
    await page.getByRole('button', { name: 'Clear Filters' }).first().click();
    await expect.poll(filter).toEqual({});
  });

  test('a search asks for a name when typing stops, and a result leads on', async () => {
    const { page, sent } = await browser.open({
      content: place =>
        contentOf(weekOfCalls, { place, ...(place.search === '' ? {} : { view: viewContents.search }) }),
    });
    await page.getByRole('searchbox', { name: 'Search' }).pressSequentially('claude');
    await page.getByRole('table', { name: 'Search results 2' }).waitFor();
    const loads = (await sent()).filter(({ type }) => type === 'load');
    expect(loads.length).toBe(2);
    await page.getByRole('button', { name: 'Show only claude-sonnet-4-20250514' }).click();
    await page.getByRole('table', { name: 'Breakdown by model' }).waitFor();
    expect((await sent()).at(-1)).toMatchObject({
      place: { search: '', filter: { model: ['claude-sonnet-4-20250514'] } },
    });
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('');
  });

  test('a session opens as its calls, subagents indented, and a call explains itself', async () => {
    const { page, sent } = await browser.open({
      content: place =>
        contentOf(weekOfCalls, {
          place,
          view: place.session === null ? viewContents.sessions : viewContents.session,
          explained: place.explained ? explainedCall : null,
        }),
    });
    await page.getByRole('tab', { name: 'Sessions' }).click();
    await page.getByRole('button', { name: 'Open session 0198f3a2-7c1e-7b44' }).click();
    await page.getByRole('heading', { name: '0198f3a2-7c1e-7b44' }).waitFor();
    const rows = await readTable(page, 'Calls of the session');
    expect(rows.length).toBe(sessionRecords.length);
    expect(rows[5]).toEqual([
      'claude-3-5-haiku-20241022',
      '2:03:25 PM',
      'subagent Explore',
      '16,500',
      '13,000',
      '400',
      '$0.0223',
      '7.50 s',
    ]);
    const indents = await page
      .locator('#timeline tbody .name .cell')
      .evaluateAll(cells => cells.map(cell => (cell as HTMLElement).style.paddingInlineStart));
    expect(indents.slice(4, 6)).toEqual(['0px', '20px']);
    await page.getByRole('button', { name: /^\$0\.0223\. Explain/ }).click();
    const dialog = page.getByRole('dialog', { name: 'One call, explained' });
    await dialog.getByText('2,500 × $3.00 ÷ 1,000,000').waitFor();
    await dialog.getByText('price data genai-prices@0.1.8 of Sep 23, 2026 for anthropic/claude-sonnet-4').waitFor();
    expect((await readTable(dialog, 'Reports')).map(row => row[0])).toEqual([
      'otlp_log complete',
      'transcript complete',
    ]);
    expect((await sent()).at(-1)).toMatchObject({ place: { explained: { kind: 'record', id: 'r-5' } } });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ place: { explained: null } });
    await page.getByRole('button', { name: 'All Sessions' }).click();
    await page.getByRole('table', { name: 'Sessions 4' }).waitFor();
  });

  test('any figure explains itself: the rates, the formula, what was merged, the calls behind it', async () => {
    const { page, sent } = await browser.open({
      content: place =>
        contentOf(weekOfCalls, { place, explained: place.explained ? explainedCalls(weekOfCalls) : null }),
    });
    await page.getByRole('button', { name: /^57%.*Explain Cache hit rate$/ }).click();
    await page.getByRole('dialog').waitFor();
    expect((await sent()).at(-1)).toMatchObject({ place: { explained: { label: 'Cache hit rate', filter: {} } } });
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: '$33.39. Explain gpt-4.1', exact: true }).click();
    expect((await sent()).at(-1)).toMatchObject({
      place: { explained: { kind: 'calls', label: 'gpt-4.1', filter: { model: ['gpt-4.1'] } } },
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Cost = tokens × rate').waitFor();
    const row = (await readTable(dialog, 'Rates used')).find(([name]) => name?.startsWith('gpt-4.1 '));
    expect(row).toEqual([
      'gpt-4.1 price data genai-prices@0.1.8 of Sep 23, 2026 for openai/gpt-4.1',
      '$33.39',
      '680',
      'priced',
      'standard',
      '2,330,700 × $2.00 + 2,330,700 × $0.50 + 273,700 × $8.00',
      'otlp_log, transcript (682 reports, merged into 680)',
    ]);
    expect((await readTable(dialog, 'The dearest calls behind it')).length).toBe(10);
  });
});

describe('export', () => {
  test('hands over the tables on screen, in their order, with plain values', async () => {
    const { page, sent } = await browser.open({ content: week });
    await page
      .getByRole('table', { name: 'Breakdown by model' })
      .getByRole('button', { name: 'Model', exact: true })
      .click();
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const message = (await sent()).at(-1);
    expect(message).toMatchObject({ type: 'export', format: 'csv', title: 'Overview' });
    const tables = message?.type === 'export' ? message.tables : [];
    expect(tables.map(({ title }) => title)).toEqual([
      'Overview',
      'Models without a price',
      'Spend per day by model',
      'Breakdown by model',
      'Tokens and cost by kind',
    ]);
    const breakdown = tables[3];
    expect(breakdown?.rows.map(([name]) => name)).toEqual(
      (await readTable(page, 'Breakdown by model')).map(([name]) => name),
    );
    expect(breakdown?.texts).toEqual(await readTable(page, 'Breakdown by model'));
    expect(breakdown?.rows[0]?.slice(0, 3)).toEqual(['acme-coder-experimental', null, 109]);
  });

  test('of a command exports the same', async () => {
    const { page, sent, send } = await browser.open({ content: week });
    await page.getByRole('button', { name: 'Export as Markdown' }).click();
    const byButton = (await sent()).at(-1);
    await send({ type: 'export', format: 'markdown' });
    await expect.poll(async () => (await sent()).length).toBeGreaterThan(3);
    expect((await sent()).at(-1)).toEqual(byButton);
  });
});

test('a link leads to its place', async () => {
  const { page, send, sent } = await browser.open({
    content: place =>
      contentOf(weekOfCalls, { place, ...(place.view === 'budgets' ? { view: viewContents.budgets } : {}) }),
  });
  await send({ type: 'show', place: { view: 'budgets', scope: 'machine' } });
  await page.getByRole('table', { name: 'Budgets now 2' }).waitFor();
  expect(await page.getByRole('tab', { name: 'Budgets' }).getAttribute('aria-selected')).toBe('true');
  expect((await sent()).at(-1)).toMatchObject({ place: { view: 'budgets', scope: 'machine' } });
});
