/** What a screen reader finds, kept in `snapshots/`: the same in all four themes. `vitest -u` renews them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import bundle from '../../media/l10n/bundle.l10n.de.json' with { type: 'json' };
import { englishTexts, type Texts } from '../../webview-ui/englishTexts.ts';
import { contentOf, weekOfCalls } from '../fixtures/report/content.ts';
import { type ThemeName, themes } from '../fixtures/report/themes.ts';
import { explainedCall, explainedCalls, viewContents } from '../fixtures/report/views.ts';
import { type OpenOptions, type ReportBrowser, startReportBrowser } from './reportPage.ts';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const view = (name: keyof typeof viewContents, place: object): OpenOptions => ({
  state: { place },
  content: contentOf(weekOfCalls, { place, view: viewContents[name] }),
});
const pages: Readonly<Record<string, OpenOptions>> = {
  overview: { content: contentOf(weekOfCalls) },
  sessions: view('sessions', { view: 'sessions' }),
  session: view('session', { view: 'sessions', session: '0198f3a2-7c1e-7b44' }),
  budgets: view('budgets', { view: 'budgets' }),
  estimates: view('estimates', { view: 'estimates' }),
  search: view('search', { search: 'claude' }),
  'explained sum': { content: contentOf(weekOfCalls, { explained: explainedCalls(weekOfCalls) }) },
  'explained call': { content: contentOf(weekOfCalls, { explained: explainedCall }) },
  'first run': { content: contentOf([], { lastRecord: null }) },
  'unpriced only': { content: contentOf(weekOfCalls.map(each => ({ ...each, costUsd: null }))) },
};

describe.for(Object.entries(pages))('%s', ([name, options]) => {
  test.for(Object.keys(themes) as ThemeName[])('reads the same in %s', async theme => {
    const { page } = await browser.open({ ...options, theme });
    const snapshot = await page.locator('body').ariaSnapshot();
    await expect(`${snapshot}\n`).toMatchFileSnapshot(`snapshots/${name.replaceAll(' ', '-')}.aria.yml`);
  });
});

test('in German every word of the page is German, with its numbers and dates', async () => {
  const german = bundle as Readonly<Record<string, string>>;
  const texts = Object.fromEntries(
    Object.entries(englishTexts).map(([key, text]) => [key, german[text] ?? `missing: ${text}`]),
  ) as Texts;
  const { page, complaints } = await browser.open({ language: 'de', texts, content: contentOf(weekOfCalls) });
  const snapshot = await page.locator('body').ariaSnapshot();
  expect(snapshot).toContain('Nutzungsbericht');
  expect(snapshot).toContain('16.–22.11.2026');
  expect(snapshot).toContain('34.592.020');
  const words = Object.entries(englishTexts).filter(
    ([key, text]) => text.length > 6 && texts[key as keyof Texts] !== text,
  );
  expect(
    words.filter(([, text]) => new RegExp(`\\b${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\b`).test(snapshot)),
  ).toEqual([]);
  expect(complaints).toEqual([]);
});
