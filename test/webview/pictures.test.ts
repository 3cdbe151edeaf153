/** The page as it looks, kept under `test-results/webview/` for a human eye; and that nothing hangs over the page's edge. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, dayRange, weekOfCalls } from '../fixtures/report/content.ts';
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
const pictures: Readonly<Record<string, OpenOptions>> = {
  dark: { theme: 'dark', content: week },
  light: { theme: 'light', content: week },
  'high-contrast-dark': { theme: 'hcDark', content: week },
  'high-contrast-light': { theme: 'hcLight', content: week },
  narrow: { theme: 'dark', content: week, width: 400 },
  wide: { theme: 'dark', content: week, width: 1400 },
  'wide-light': { theme: 'light', content: week, width: 1400 },
  today: { theme: 'dark', content: contentOf(today, { period: { kind: 'named', name: 'today' }, range: dayRange }) },
  'first-run': { theme: 'dark', content: contentOf([], { lastRecord: null }) },
  'first-run-light-narrow': { theme: 'light', content: contentOf([], { lastRecord: null }), width: 400 },
  'nothing-in-period': { theme: 'dark', content: contentOf([], {}) },
};

test.for(Object.entries(pictures))('%s fits', async ([name, options]) => {
  const { page } = await browser.open(options);
  await page.waitForTimeout(50);
  await page.screenshot({ path: path.join(folder, `report-${name}.png`), fullPage: true });
  const overhang = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overhang).toBeLessThanOrEqual(0);
  await page.context().close();
});
