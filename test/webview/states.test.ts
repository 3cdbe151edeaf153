/** States without figures, and a page that is alive: failures, time-outs, stale answers, refreshes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultPlace } from '../../webview-ui/state.ts';
import { connection, contentOf, sumCalls, weekOfCalls } from '../fixtures/report/content.ts';
import { readChoice, readFocus, readTable } from './readPage.ts';
import { type ReportBrowser, startReportBrowser } from './reportPage.ts';

let browser: ReportBrowser;
beforeAll(async () => {
  browser = await startReportBrowser();
});
afterAll(() => browser?.close());

const week = contentOf(weekOfCalls);
const [first] = weekOfCalls;
const oneMore = [...weekOfCalls, ...(first ? [{ ...first, user: 'zoe', costUsd: 1000 }] : [])];
const byUser = { place: { ...defaultPlace, dimension: 'user_id' } } as const;

describe('without figures', () => {
  test('before the first call it shows how to connect, without the token', async () => {
    const { page, sent } = await browser.open({ content: contentOf([], { lastRecord: null }) });
    await page.getByRole('heading', { name: 'No calls recorded yet' }).waitFor();
    await page.getByText('http://127.0.0.1:47391', { exact: true }).waitFor();
    await page.getByText('curl http://127.0.0.1:47391/v1/usage').waitFor();
    await page.getByText('Spend over time, by model, agent, task type or kind of token').waitFor();
    expect(await page.content()).not.toContain(connection.token);
    expect(await page.getByRole('button', { name: 'Export as CSV' }).isEnabled()).toBe(false);
    await page.getByRole('button', { name: 'Copy Connection Settings' }).click();
    expect((await sent()).at(-1)).toEqual({ type: 'run', command: 'copyConnectionSettings' });
  });

  test('an empty period says when the newest record was and offers a wider one', async () => {
    const { page, sent } = await browser.open({ content: contentOf([]) });
    await page.getByRole('heading', { name: 'No calls in this period' }).waitFor();
    await page.getByText(/The newest record is from Nov 22, 2026, 2:32\sPM\./).waitFor();
    expect(await page.getByRole('button', { name: 'Copy Connection Settings' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Show Last 30 Days' }).click();
    await expect
      .poll(async () => (await sent()).at(-1))
      .toMatchObject({ place: { period: { kind: 'named', name: '30d' } } });
    expect(await readChoice(page, 'Period')).toBe('Last 30 days');
  });

  test('the first call replaces the help by figures', async () => {
    const { page, send, answer, sent } = await browser.open();
    await answer(contentOf([], { lastRecord: null }));
    await page.getByRole('heading', { name: 'No calls recorded yet' }).waitFor();
    await send({ type: 'changed' });
    await expect.poll(async () => (await sent()).filter(({ type }) => type === 'load').length).toBe(2);
    await answer(week);
    await page.getByRole('table', { name: 'Breakdown by model' }).waitFor();
    expect(await page.getByRole('heading', { name: 'No calls recorded yet' }).isVisible()).toBe(false);
  });

  test('loading is not flashed', async () => {
    const { page, answer } = await browser.open();
    const loading = page.getByText('Loading usage…');
    expect(await loading.isVisible()).toBe(false);
    await loading.waitFor({ state: 'visible' });
    await answer(week);
    await loading.waitFor({ state: 'hidden' });
  });
});

describe('failures', () => {
  test('of the first load are shown with a way to try again', async () => {
    const { page, send, answer, lastRequest } = await browser.open();
    await send({ type: 'failed', request: 1, error: 'The engine answered 401.' });
    await page.getByRole('alert').getByText('The report could not be loaded.').waitFor();
    await page.getByText('The engine answered 401.').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(lastRequest).toBe(2);
    await answer(week);
    await page.getByRole('table', { name: 'Breakdown by model' }).waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).isVisible()).toBe(false);
    // The button that had the focus is gone, so the focus has a new place.
    expect(await readFocus(page)).toBe('Period');
  });

  test('of a refresh leave the figures on screen', async () => {
    const { page, send, answer, lastRequest } = await browser.open();
    await answer(week);
    await page.getByRole('table', { name: 'Breakdown by model' }).waitFor();
    await send({ type: 'changed' });
    await expect.poll(lastRequest).toBe(2);
    await send({ type: 'failed', request: 2, error: 'The disk is full.' });
    await page.getByRole('alert').getByText('These figures could not be refreshed.').waitFor();
    expect(await page.getByRole('table', { name: 'Breakdown by model' }).isVisible()).toBe(true);
  });

  test('of another period do not leave the old period’s figures under the new name', async () => {
    const { page, send, answer, lastRequest } = await browser.open();
    await answer(week);
    await page.getByRole('combobox', { name: 'Period' }).click();
    await page.getByRole('option', { name: 'Today' }).click();
    await send({ type: 'failed', request: await lastRequest(), error: 'Gone.' });
    await page.getByRole('alert').getByText('The report could not be loaded.').waitFor();
    expect(await page.getByRole('table', { name: 'Breakdown by model' }).isVisible()).toBe(false);
  });

  test('an answer that never comes is one', async () => {
    const { page, answer } = await browser.open({ hasStoppedClock: true });
    await page.clock.fastForward(14_000);
    expect(await page.getByRole('button', { name: 'Retry' }).isVisible()).toBe(false);
    await page.clock.fastForward(2000);
    await page.getByRole('alert').getByText('Spend Lens did not answer within 15 seconds.').waitFor();
    // It comes after all, but nobody waits for it.
    await answer(week);
    expect(await page.getByRole('table', { name: 'Breakdown by model' }).isVisible()).toBe(false);
  });

  test('an engine that is away has its own line, and the figures come back with it', async () => {
    const { page, send, sent, lastRequest } = await browser.open({ content: week });
    await send({ type: 'engine', running: false });
    await page.getByRole('alert').getByText('The Spend Lens engine is not running.').waitFor();
    await page.getByRole('button', { name: 'Restart' }).click();
    expect((await sent()).at(-1)).toEqual({ type: 'run', command: 'restartEngine' });
    const before = await lastRequest();
    await send({ type: 'engine', running: true });
    await page.getByRole('button', { name: 'Restart' }).waitFor({ state: 'hidden' });
    await expect.poll(lastRequest).toBe(before + 1);
  });
});

describe('answers and refreshes', () => {
  test('a stale answer is dropped', async () => {
    const { page, send, lastRequest } = await browser.open();
    await page.getByRole('combobox', { name: 'Period' }).click();
    await page.getByRole('option', { name: 'Today' }).click();
    await expect.poll(lastRequest).toBe(2);
    await send({ type: 'content', request: 2, content: contentOf([], { lastRecord: null }), connection });
    await page.getByRole('heading', { name: 'No calls recorded yet' }).waitFor();
    await send({ type: 'content', request: 1, content: week, connection });
    await send({ type: 'failed', request: 1, error: 'Too late.' });
    await page.waitForTimeout(50);
    expect(await page.getByRole('heading', { name: 'No calls recorded yet' }).isVisible()).toBe(true);
    expect(await page.getByText('Too late.').count()).toBe(0);
  });

  test('what is not of the protocol is ignored', async () => {
    const { page, complaints } = await browser.open({ content: week });
    await page.evaluate(() => {
      for (const data of [
        null,
        1,
        'content',
        {},
        { type: 'content' },
        { type: 'failed', request: 'x' },
        { type: 'engine' },
      ]) {
        window.postMessage(data, '*');
      }
    });
    await page.waitForTimeout(50);
    expect(await page.getByRole('table', { name: 'Breakdown by model' }).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('however fast calls come, it asks at most twice a second, and once more for the last', async () => {
    const { page, sent, send } = await browser.open({ content: week });
    const loads = async () => (await sent()).filter(({ type }) => type === 'load').length;
    const started = Date.now();
    while (Date.now() - started < 2000) {
      await send({ type: 'changed' });
      await page.waitForTimeout(20);
    }
    await page.waitForTimeout(700);
    const count = await loads();
    expect(count).toBeGreaterThanOrEqual(4);
    expect(count).toBeLessThanOrEqual(7);
    await page.waitForTimeout(700);
    expect(await loads()).toBe(count);
  });

  test('a refresh keeps focus, sorting and scrolling, and brings the new figures', async () => {
    let calls = weekOfCalls;
    const { page, send } = await browser.open({
      content: place => contentOf(calls, { place }),
      state: byUser,
      height: 500,
    });
    const table = page.getByRole('table', { name: 'Breakdown by user' });
    await table.getByRole('button', { name: 'Requests' }).click();
    await page.getByRole('button', { name: 'Show only mira' }).focus();
    await page.evaluate(() => window.scrollTo(0, 400));
    calls = oneMore;
    await send({ type: 'changed' });
    await expect.poll(async () => (await readTable(page, 'Breakdown by user')).length).toBe(4);
    expect(await readFocus(page)).toBe('Show only mira');
    expect(await page.evaluate(() => window.scrollY)).toBe(400);
    const requests = (await readTable(page, 'Breakdown by user')).map(row => Number(row[2]?.replaceAll(',', '')));
    expect(requests).toEqual([...requests].sort((a, b) => b - a));
    const { requests: total } = sumCalls(weekOfCalls);
    await page.getByText((total + (first?.requests ?? 0)).toLocaleString('en'), { exact: true }).waitFor();
  });

  test('a refresh that changes the ranking moves a row with the focus in it', async () => {
    const unpriced = weekOfCalls.map(each => ({ ...each, costUsd: null }));
    let content = contentOf(unpriced);
    const { page, send } = await browser.open({ content: () => content });
    const button = page.getByRole('button', { name: 'Show only acme-coder-experimental' });
    await button.focus();
    expect((await readTable(page, 'Breakdown by model')).at(-1)?.[0]).toBe('acme-coder-experimental');
    content = contentOf(unpriced.map(each => (each.model?.startsWith('acme') ? { ...each, requests: 5000 } : each)));
    await send({ type: 'changed' });
    await expect
      .poll(async () => (await readTable(page, 'Breakdown by model'))[0]?.[0])
      .toBe('acme-coder-experimental');
    expect(await button.evaluate(each => each === document.activeElement)).toBe(true);
  });

  test('totals are read out after a choice, not on every refresh', async () => {
    let calls = weekOfCalls;
    const { page, send } = await browser.open({ content: place => contentOf(calls, { place }), state: byUser });
    const live = page.getByRole('status');
    await expect.poll(() => live.textContent()).toBe('Last 7 days: ≥ $146.05 spent, 4,963 requests.');
    calls = oneMore;
    await send({ type: 'changed' });
    await expect.poll(async () => (await readTable(page, 'Breakdown by user')).length).toBe(4);
    expect(await live.textContent()).toBe('Last 7 days: ≥ $146.05 spent, 4,963 requests.');
  });

  test('the first call is read out, as what was said before is no longer true', async () => {
    let content = contentOf([], { lastRecord: null });
    const { page, send } = await browser.open({ content: () => content });
    const live = page.getByRole('status');
    await expect.poll(() => live.textContent()).toBe('No calls in this period');
    content = week;
    await send({ type: 'changed' });
    await expect.poll(() => live.textContent()).toBe('Last 7 days: ≥ $146.05 spent, 4,963 requests.');
  });
});
