/** All that the user chose in the report survives a reload of the window. */
import { describe, expect, test } from 'vitest';
import { copyEndpoint, post } from './endpoint.ts';
import { useWorkbench } from './useWorkbench.ts';

const sessionId = 'refactor, part "2"';
const context = { session_id: sessionId, task_type: 'refactoring', latency_ms: 1_500 };
const calls = [
  { ...context, model: 'gpt-4.1', prompt_tokens: 100_000, completion_tokens: 10_000 },
  { ...context, model: 'gpt-4.1', prompt_tokens: 1_000, completion_tokens: 100 },
  { ...context, model: 'gpt-4.1-mini', prompt_tokens: 50_000, completion_tokens: 2_000 },
  { ...context, task_type: 'review', model: 'claude-sonnet-4-20250514', prompt_tokens: 9_000, completion_tokens: 900 },
];

describe('the usage report', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC' } });
  const report = () => workbench().reportFrame();
  const readFigure = async (label: string): Promise<string> => {
    const figure = report().locator('.figure', { has: workbench().page.getByText(label, { exact: true }) });
    return ((await figure.locator('.value').textContent()) ?? '').trim();
  };
  const choose = async (list: string, option: string): Promise<void> => {
    await report().getByRole('combobox', { name: list, exact: true }).click();
    await report().getByRole('option', { name: option, exact: true }).click();
  };

  test('comes back after a reload with its scope, grouping, interval, filter and sort', async () => {
    await post(await copyEndpoint(workbench()), calls);
    await workbench().runCommand('Spend Lens: Open Usage Report');
    await report()
      .getByRole('table', { name: /Breakdown by/ })
      .waitFor();
    await choose('Period', 'Last 30 days');
    await choose('Scope', 'All workspaces');
    await choose('Breakdown', 'Task type');
    await choose('Stack by', 'Token kind');
    await choose('By', 'Week');
    await report().getByRole('button', { name: 'Show only refactoring' }).click();
    const breakdown = () => report().getByRole('table', { name: /Breakdown by/ });
    await choose('Breakdown', 'Model');
    await breakdown()
      .getByRole('columnheader', { name: /Requests/ })
      .getByRole('button')
      .click();
    const read = async () => ({
      requests: await readFigure('Requests'),
      spend: await readFigure('Spend'),
      rows: await breakdown().locator('tbody tr').allTextContents(),
      sorted: await breakdown().locator('th[aria-sort]:not([aria-sort="none"])').allTextContents(),
      chosen: (await report().locator('[role="option"][aria-selected="true"]').allTextContents()).map(text =>
        text.trim(),
      ),
      filters: await report()
        .getByRole('button', { name: /^Remove the filter/ })
        .allTextContents(),
    });
    await expect.poll(async () => (await read()).sorted.join()).toContain('Requests');
    const before = await read();
    expect(before.chosen).toEqual(
      expect.arrayContaining(['All workspaces', 'Last 30 days', 'Token kind', 'Week', 'Model']),
    );
    expect(before.filters).toHaveLength(1);
    await workbench().waitUntilSaved();
    await workbench().reload();
    await expect.poll(() => readFigure('Requests'), { timeout: 20_000 }).toBe(before.requests);
    await expect.poll(read).toEqual(before);
  });

  test('comes back after a reload with the session that is open, and with what is searched', async () => {
    await report()
      .getByRole('button', { name: /^Remove the filter/ })
      .click();
    await report().getByRole('tab', { name: 'Sessions' }).click();
    await report()
      .getByRole('button', { name: `Open session ${sessionId}` })
      .click();
    const timeline = () => report().getByRole('table', { name: /Calls of the session/ });
    await timeline().waitFor();
    const rows = await timeline().locator('tbody tr').allTextContents();
    await workbench().waitUntilSaved();
    await workbench().reload();
    await timeline().waitFor({ timeout: 20_000 });
    expect(await timeline().locator('tbody tr').allTextContents()).toEqual(rows);
    await report().getByRole('searchbox', { name: 'Search' }).fill('refactor');
    const results = () => report().getByRole('table', { name: /Search results/ });
    await results().getByText('refactoring').waitFor();
    await workbench().waitUntilSaved();
    await workbench().reload();
    await results().getByText('refactoring').waitFor({ timeout: 20_000 });
    expect(await report().getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('refactor');
  });
});
