/** The page as it looks, kept under `test-results/webview/` for a human eye; and that nothing hangs over the page's edge. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentOf, dayRange, monthOfCalls, monthRange, weekOfCalls } from '../fixtures/report/content.ts';
import { explainedCall, explainedCalls, viewContents } from '../fixtures/report/views.ts';
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
const at = (place: object) => ({ place });
const thirtyDays = { period: { kind: 'named', name: '30d' } } as const;
const oneDay = { period: { kind: 'named', name: 'today' } } as const;
/** Eleven models over thirty days, as many sessions as a busy team has. */
const month = contentOf(monthOfCalls, { place: thirtyDays, range: monthRange });
const unpriced = weekOfCalls.map(each => ({ ...each, costUsd: null }));
const viewPlaces = {
  sessions: { view: 'sessions' },
  session: { view: 'sessions', session: '0198f3a2-7c1e-7b44' },
  budgets: { view: 'budgets' },
  estimates: { view: 'estimates' },
  search: { search: 'claude' },
  team: { scope: 'team', dimension: 'user_id' },
} as const;
const viewPictures = (Object.keys(viewPlaces) as (keyof typeof viewPlaces)[]).flatMap(name => {
  const place = viewPlaces[name];
  const content = contentOf(weekOfCalls, { place, view: viewContents[name] });
  return (['dark', 'light', 'hcDark', 'hcLight'] as const).map(
    theme => [`view-${name}-${theme}`, { theme, state: at(place), content, width: 1280 }] as const,
  );
});
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
    state: at(oneDay),
    content: contentOf(today, { place: oneDay, range: dayRange }),
  },
  month: { theme: 'dark', state: at(thirtyDays), content: month, width: 1400 },
  'month-light': { theme: 'light', state: at(thirtyDays), content: month },
  'month-high-contrast': { theme: 'hcLight', state: at(thirtyDays), content: month },
  kinds: {
    theme: 'dark',
    state: at({ stack: 'kind', dimension: 'session_id', filter: { model: ['gpt-4.1', null], plan: ['api'] } }),
    content: contentOf(weekOfCalls, { place: { stack: 'kind', dimension: 'session_id' } }),
    width: 1280,
  },
  'unpriced-only': { theme: 'dark', content: contentOf(unpriced) },
  'first-run': { theme: 'dark', content: contentOf([], { lastRecord: null }) },
  'first-run-light-narrow': { theme: 'light', content: contentOf([], { lastRecord: null }), width: 400 },
  'nothing-in-period': { theme: 'dark', content: contentOf([], {}) },
  limits: {
    theme: 'light',
    content: contentOf(weekOfCalls, {
      limits: [
        { kind: 'readOnly', detail: "Usage can't be stored in /home/ann/.vscode: the disk is full (ENOSPC)." },
        { kind: 'restricted' },
        { kind: 'virtual' },
      ],
    }),
  },
  ...Object.fromEntries(viewPictures),
  ...Object.fromEntries(
    (['dark', 'light', 'hcDark', 'hcLight'] as const).flatMap(theme => [
      [
        `explain-calls-${theme}`,
        { theme, width: 1280, content: contentOf(weekOfCalls, { explained: explainedCalls(weekOfCalls) }) },
      ],
      [
        `explain-record-${theme}`,
        { theme, width: 1280, content: contentOf(weekOfCalls, { explained: explainedCall }) },
      ],
    ]),
  ),
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
