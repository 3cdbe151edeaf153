/** The page as it looks, kept under `test-results/webview/` for a human eye; and that nothing hangs over the page's edge. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, dayRange, monthOfCalls, monthRange, weekOfCalls } from '../fixtures/report/content.ts';
import { type OpenOptions, type ReportBrowser, startReportBrowser } from './reportPage.ts';

const folder = path.join(import.meta.dirname, '../../test-results/webview');
let browser: ReportBrowser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const week = contentOf(weekOfCalls);
const today = weekOfCalls.filter(({ day }) => day === '2026-11-22');
/** Eleven models over thirty days, as many sessions as a busy team has. */
const monthState = { period: { kind: 'named', name: '30d' } };
const month = contentOf(monthOfCalls, { period: { kind: 'named', name: '30d' }, range: monthRange });
const pictures: Readonly<Record<string, OpenOptions>> = {
  dark: { theme: 'dark', content: week },
  light: { theme: 'light', content: week },
  'high-contrast-dark': { theme: 'hcDark', content: week },
  'high-contrast-light': { theme: 'hcLight', content: week },
  narrow: { theme: 'dark', content: week, width: 400 },
  wide: { theme: 'dark', content: week, width: 1400 },
  'wide-light': { theme: 'light', content: week, width: 1400 },
  today: {
    theme: 'dark',
    state: { period: { kind: 'named', name: 'today' } },
    content: contentOf(today, { period: { kind: 'named', name: 'today' }, range: dayRange }),
  },
  month: { theme: 'dark', state: monthState, content: month, width: 1400 },
  'month-light': { theme: 'light', state: monthState, content: month },
  'month-high-contrast': { theme: 'hcLight', state: monthState, content: month },
  'first-run': { theme: 'dark', content: contentOf([], { lastRecord: null }) },
  'first-run-light-narrow': { theme: 'light', content: contentOf([], { lastRecord: null }), width: 400 },
  'nothing-in-period': { theme: 'dark', content: contentOf([], {}) },
};

test('what is wrong fits', async () => {
  const { page, send, answer, lastRequest } = await browser.open({ theme: 'light' });
  await answer(week);
  await page.getByText('Show as table').click();
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.screenshot({ path: path.join(folder, 'report-periods.png') });
  await page.getByRole('option', { name: 'Custom range' }).click();
  await page.getByLabel('From').fill('2026-11-23');
  await page.getByLabel('To', { exact: true }).fill('2026-11-20');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await send({ type: 'engine', running: false });
  await page.getByRole('button', { name: 'Restart' }).waitFor();
  await page.screenshot({ path: path.join(folder, 'report-engine-away.png'), fullPage: true });
  await send({ type: 'engine', running: true });
  await page.getByRole('button', { name: 'Restart' }).waitFor({ state: 'hidden' });
  await send({ type: 'failed', request: await lastRequest(), error: 'The engine answered 507: the disk is full.' });
  await page.getByRole('button', { name: 'Retry' }).waitFor();
  await page.screenshot({ path: path.join(folder, 'report-failed.png') });
  await page.getByText('Show as table').scrollIntoViewIfNeeded();
  await page.locator('.chart canvas').hover({ position: { x: 640, y: 120 } });
  await page.screenshot({ path: path.join(folder, 'report-hover.png') });
});

test.for(Object.entries(pictures))('%s fits', async ([name, options]) => {
  const { page, complaints } = await browser.open(options);
  await page.waitForTimeout(50);
  await page.screenshot({ path: path.join(folder, `report-${name}.png`), fullPage: true });
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overhang).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
});
