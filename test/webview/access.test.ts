/** For everyone and under the policy: axe in four themes, keyboard, landmarks, no violation of the policy. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf, weekOfCalls } from '../fixtures/report/content.ts';
import { type ThemeName, themes } from '../fixtures/report/themes.ts';
import { explainedCall, explainedCalls, viewContents } from '../fixtures/report/views.ts';
import { type ReportBrowser, startReportBrowser } from './reportPage.ts';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const week = contentOf(weekOfCalls);
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

declare global {
  var axe: { run(): Promise<AxeResults> };
}

/** What axe finds, one line per element. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(await readAxe());
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`));
}

async function readAxe(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(axePath, 'utf8');
}

describe.for(Object.keys(themes) as ThemeName[])('in %s', theme => {
  test('axe finds nothing in the figures', async () => {
    const { page } = await browser.open({ theme, content: week });
    await page.getByText('Show as table').click();
    expect(await findViolations(page)).toEqual([]);
  });

  test.for([
    ['sessions', { view: 'sessions' }],
    ['session', { view: 'sessions', session: '0198f3a2-7c1e-7b44' }],
    ['budgets', { view: 'budgets' }],
    ['estimates', { view: 'estimates' }],
    ['search', { search: 'claude' }],
    ['team', { scope: 'team', dimension: 'user_id' }],
  ] as const)('axe finds nothing in the view %s', async ([name, place]) => {
    const { page } = await browser.open({
      theme,
      state: { place },
      content: contentOf(weekOfCalls, { place, view: viewContents[name] }),
    });
    expect(await findViolations(page)).toEqual([]);
  });

  test('axe finds nothing in explanations and limits', async () => {
    for (const explained of [explainedCalls(weekOfCalls), explainedCall]) {
      const limits = [
        { kind: 'readOnly', detail: 'The disk is full.' },
        { kind: 'restricted' },
        { kind: 'virtual' },
      ] as const;
      const { page } = await browser.open({ theme, content: contentOf(weekOfCalls, { explained, limits }) });
      await page.getByRole('dialog').waitFor();
      expect(await findViolations(page)).toEqual([]);
    }
  });

  test('axe finds nothing in the other states', async () => {
    const { page, answer, send, sent } = await browser.open({ theme });
    await answer(contentOf([], { lastRecord: null }));
    await page.getByRole('button', { name: 'Copy Connection Settings' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('combobox', { name: 'Period' }).click();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('option', { name: 'Custom range' }).click();
    await page.getByLabel('From').fill('');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await send({ type: 'changed' });
    await expect.poll(async () => (await sent()).filter(({ type }) => type === 'load').length).toBe(2);
    await send({ type: 'failed', request: 2, error: 'No.' });
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await send({ type: 'engine', running: false });
    await page.getByRole('button', { name: 'Restart' }).waitFor();
    expect(await findViolations(page)).toEqual([]);
  });
});

test('no state, period or theme breaks the policy or complains on the console', async () => {
  const { page, complaints, setTheme, send } = await browser.open({ content: week, isMotionReduced: false });
  for (const theme of ['light', 'hcDark', 'hcLight', 'dark'] as const) {
    await setTheme(theme);
    await page.waitForTimeout(30);
  }
  await page.locator('.chart canvas').hover({ position: { x: 500, y: 150 } });
  await page.getByText('Show as table').click();
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'Custom range' }).click();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await send({ type: 'engine', running: false });
  await page.getByRole('button', { name: 'Restart' }).waitFor();
  await page.waitForTimeout(300);
  expect(complaints).toEqual([]);
});

test('a policy that is broken would be noticed', async () => {
  const { page, complaints } = await browser.open({ content: week });
  await page.evaluate(() => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>');
  });
  await expect.poll(() => complaints.some(each => each.startsWith('policy: style-src-attr'))).toBe(true);
});

test('the tabs are walked by arrows', async () => {
  const { page, sent } = await browser.open({ content: place => contentOf(weekOfCalls, { place }) });
  await page.getByRole('tab', { name: 'Overview' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ place: { view: 'estimates' } });
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await sent()).at(-1)).toMatchObject({ place: { view: 'sessions' } });
  expect(await page.getByRole('tab', { name: 'Sessions' }).evaluate(each => each === document.activeElement)).toBe(
    true,
  );
});

test('a closed explanation gives the focus back', async () => {
  const { page } = await browser.open({
    content: place => contentOf(weekOfCalls, { place, explained: place.explained ? explainedCall : null }),
  });
  const figure = page.getByRole('button', { name: /Explain Spend$/ });
  await figure.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(await figure.evaluate(each => each === document.activeElement)).toBe(true);
});

test('it has one h1, a banner and a main, and every table a name', async () => {
  const { page } = await browser.open({ content: week });
  expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Usage Report']);
  expect(await page.getByRole('banner').count()).toBe(1);
  expect(await page.getByRole('main').count()).toBe(1);
  for (const name of ['Breakdown by model', 'Tokens and cost by kind', 'Models without a price']) {
    await page.getByRole('table', { name }).waitFor();
  }
});

test('everything is reached by Tab, in reading order, with a focus that can be seen', async () => {
  const { page } = await browser.open({ content: week });
  const reached: string[] = [];
  for (let step = 0; step < 25; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(
      await page.evaluate(() => {
        let element = document.activeElement;
        const name = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
        element = element?.shadowRoot?.activeElement ?? element;
        const { outlineStyle } = getComputedStyle(element ?? document.body);
        const control = document.activeElement?.shadowRoot?.querySelector('.control');
        const border = control ? getComputedStyle(control).borderColor : '';
        const isSeen = outlineStyle !== 'none' || border === 'rgb(0, 120, 212)';
        return `${name.trim()}${isSeen ? '' : ' (focus not seen)'}`;
      }),
    );
  }
  expect(reached.map(name => name.replace(/^.*(?=Explain)/, ''))).toEqual([
    ...['Search', 'Scope', 'Period', 'Overview', 'Export as CSV', 'Export as JSON', 'Export as Markdown'],
    ...['Explain Spend', 'Explain Requests', 'Explain Tokens in', 'Explain Tokens out', 'Explain Cache hit rate'],
    ...['Explain Avg. latency', 'Explain Failed calls', 'Explain Priced', 'Set Price… for acme-coder-experimental'],
    ...['Stack by', 'By', 'Show as table', 'Explain Output', 'Explain Input', 'Explain Cache read', 'Breakdown'],
    ...['Model', 'Cost'],
  ]);
});

test('motion is reduced where VS Code says so', async () => {
  const draws = async (isMotionReduced: boolean) => {
    const { page } = await browser.open({ isMotionReduced });
    await page.evaluate(() => {
      const { clearRect } = CanvasRenderingContext2D.prototype;
      globalThis.draws = 0;
      CanvasRenderingContext2D.prototype.clearRect = function (...args) {
        globalThis.draws += Number(this.canvas.matches('.chart canvas'));
        clearRect.apply(this, args);
      };
    });
    const request = 1;
    await page.evaluate(message => globalThis.played.send(message), {
      type: 'content' as const,
      request,
      content: week,
      connection: { url: '', token: '' },
    });
    await page.waitForTimeout(500);
    return page.evaluate(() => globalThis.draws);
  };
  expect(await draws(true)).toBeLessThanOrEqual(4);
  expect(await draws(false)).toBeGreaterThan(4);
});

declare global {
  var draws: number;
}
