/** What the user's hands do: period, sorting, export; and that it survives a reload. */

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf, weekOfCalls } from '../fixtures/report/content.ts';
import { readPeriod, readTable } from './readPage.ts';
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
    expect(await sent()).toEqual([
      { type: 'ready' },
      { type: 'load', request: 1, period: { kind: 'named', name: '7d' } },
    ]);
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
      .toMatchObject({ type: 'load', period: { kind: 'named', name } });
  });

  test('can be chosen by keyboard', async () => {
    const { page, sent } = await browser.open({ content: week });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ period: { kind: 'named', name: '30d' } });
  });

  test('of two days includes the last one on screen and excludes it in the message', async () => {
    const { page, sent } = await browser.open({ content: week });
    await choosePeriod(page, 'Custom range');
    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-16');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-11-22');
    await enterDates(page, '2026-10-25', '2026-10-31');
    const custom = { kind: 'custom', from: '2026-10-25', to: '2026-11-01' };
    await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ type: 'load', period: custom });
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-10-31');

    await page.getByLabel('From').fill('2026-10-26');
    await page.getByLabel('From').press('Enter');
    await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ period: { ...custom, from: '2026-10-26' } });
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
    const table = page.getByRole('table', { name: 'By model' });
    const names = async () => (await readTable(page, 'By model')).map(row => row[0]);
    const costHeader = table.getByRole('columnheader', { name: 'Cost' });
    expect(await costHeader.getAttribute('aria-sort')).toBe('descending');
    const byCost = await names();
    expect(byCost.at(-1)).toBe('acme-coder-experimental');

    await table.getByRole('button', { name: 'Cost' }).click();
    expect(await costHeader.getAttribute('aria-sort')).toBe('ascending');
    expect(await names()).toEqual([...byCost.slice(0, -1).reverse(), 'acme-coder-experimental']);

    await table.getByRole('button', { name: 'Model' }).click();
    expect(await costHeader.getAttribute('aria-sort')).toBe('none');
    expect(await names()).toEqual([...byCost].sort());

    await table.getByRole('button', { name: 'Requests' }).press('Enter');
    expect((await names())[0]).toBe('gpt-4.1-mini');
  });
});

describe('a reload', () => {
  test('keeps period and sorting', async () => {
    const { page, sent } = await browser.open({ content: week });
    await choosePeriod(page, 'This month');
    await page.getByRole('table', { name: 'By user' }).getByRole('button', { name: 'Requests' }).click();
    await page.reload();
    await expect.poll(sent).toContainEqual({ type: 'load', request: 1, period: { kind: 'named', name: 'month' } });
    expect(await readPeriod(page)).toBe('This month');
    await page.evaluate(given => globalThis.played.answerLoads(given), { url: 'http://127.0.0.1:1', token: '' });
    const header = page.getByRole('table', { name: 'By user' }).getByRole('columnheader', { name: 'Requests' });
    await expect.poll(() => header.getAttribute('aria-sort')).toBe('descending');
  });

  test('shows the two days of a custom period again', async () => {
    const { page } = await browser.open({
      state: { period: { kind: 'custom', from: '2026-11-01', to: '2026-11-08' } },
    });
    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-01');
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2026-11-07');
  });

  test.for([
    [null],
    ['text'],
    [{ period: { kind: 'named', name: 'decade' } }],
    [{ period: { kind: 'custom', from: 'x', to: 1 } }],
  ])('does not trust what was kept: %j', async ([state]) => {
    const { sent, complaints } = await browser.open({ state });
    expect((await sent()).at(-1)).toMatchObject({ period: { kind: 'named', name: '7d' } });
    expect(complaints).toEqual([]);
  });
});

test('export asks the host for the format', async () => {
  const { page, sent } = await browser.open({ content: week });
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByRole('button', { name: 'Export JSON' }).click();
  expect((await sent()).slice(-2)).toEqual([
    { type: 'export', format: 'csv' },
    { type: 'export', format: 'json' },
  ]);
});
