import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BudgetList, CheckAnswer } from '../../src/api/contract.ts';
import { callEndpoint, type Endpoint } from '../run/demo/endpoint.ts';
import { copyEndpoint, post } from './endpoint.ts';
import { typeAndPick, waitForTitle } from './quickPick.ts';
import { useWorkbench } from './useWorkbench.ts';
import type { Workbench } from './workbench.ts';

/** So many USD: gpt-4.1 takes $2 for a million. */
const spend = (endpoint: Endpoint, usd: number) =>
  post(endpoint, { model: 'gpt-4.1', prompt_tokens: Math.round((usd / 2) * 1e6), completion_tokens: 0 });
const check = (endpoint: Endpoint, question = {}) => callEndpoint<CheckAnswer>(endpoint, '/v1/check', question);

const readJson = (file: string): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8'));
const userSettings = (workbench: Workbench) => readJson(path.join(workbench.profile.userData, 'User/settings.json'));

async function listBudgets({ url, token }: Endpoint): Promise<BudgetList['budgets']> {
  const response = await fetch(`${url}/v1/budgets`, { headers: { authorization: `Bearer ${token}` } });
  return ((await response.json()) as BudgetList).budgets;
}

describe('budgets of a user and a workspace', () => {
  const team = { name: 'team', limitUsd: 8, period: 'month', scope: 'machine' };
  const workbench = useWorkbench({
    settings: {
      'spendLens.timeZone': 'UTC',
      'spendLens.budget.daily': 10,
      'spendLens.budget.enforce': 'gateway',
      'spendLens.budgets': [team],
    },
    files: {
      // A workspace that would like to have it easier, and tighter in one thing.
      '.vscode/settings.json': JSON.stringify({
        'spendLens.budget.daily': 1000,
        'spendLens.budget.enforce': 'off',
        'spendLens.budgets': [
          { ...team, limitUsd: 5 },
          { name: 'broken', limitUsd: -1 },
        ],
      }),
    },
  });
  let endpoint: Endpoint;

  test('are put together: the workspace tightens, and loosens nothing', async () => {
    endpoint = await copyEndpoint(workbench());
    await expect.poll(() => listBudgets(endpoint)).toHaveLength(2);
    expect(await listBudgets(endpoint)).toMatchObject([
      { name: 'daily', limit_usd: 10, enforce: 'gateway', period: 'day', scope: 'workspace' },
      { name: 'team', limit_usd: 5, enforce: 'gateway', period: 'month', scope: 'machine' },
    ]);
    expect(await workbench().readTooltip()).toContain(
      'In the settings of the workspace: Budget "broken": "limitUsd" must be',
    );
    await workbench().moveMouseAway();
  });

  test('notify once when one is crossed, and again as one message when two are', async () => {
    // 85 % of the team's.
    await spend(endpoint, 4.25);
    const first = workbench().notification(
      '$4.25 of the $5.00 budget “team” for all workspaces is spent this month (85%).',
    );
    await first.waitFor();
    await workbench().screenshot('budget-notification');
    await workbench().answerNotification('“team”', 'Not Today');
    await first.waitFor({ state: 'detached' });
    await workbench().page.waitForTimeout(500);

    // The team's is spent and silent; the daily one is at 80 %.
    await spend(endpoint, 3.75);
    const second = workbench().notification("$8.00 of today's $10.00 budget for workspace is spent (80%).");
    await second.waitFor();
    await workbench().page.waitForTimeout(1_000);
    expect((await workbench().notifications()).filter(text => text.includes('budget'))).toHaveLength(1);
    expect(await second.textContent()).not.toContain('team');
    await second.getByRole('button', { name: 'Open Report' }).waitFor();
    await workbench().answerNotification("today's $10.00 budget", 'Change Budget');
    await workbench().answerInput('20');
    await expect.poll(async () => (await check(endpoint)).decision).toBe('deny');
  });

  test('are added, changed and removed by “Edit Budgets…”, in the settings chosen, and each change can be undone', async () => {
    const { page } = workbench();
    await workbench().runCommand('Spend Lens: Edit Budgets…');
    await waitForTitle(page, 'Budgets');
    await workbench().screenshot('edit-budgets');
    await workbench().choose('Add Budget…');
    await workbench().choose('User settings');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.fill('daily');
    await page.getByText('is the name of the daily budget').waitFor();
    await input.fill('codex');
    await input.press('Enter');
    await page.locator('.quick-input-widget').getByText('Limit in USD').waitFor();
    await input.fill('0');
    await page.getByText('Enter an amount in USD above 0').waitFor();
    await input.fill('2.50');
    await input.press('Enter');
    await workbench().choose('each week');
    await page
      .locator('.quick-input-widget')
      .getByText('Whose calls count?')
      .or(page.getByPlaceholder('Whose calls count?'))
      .first()
      .waitFor();
    await typeAndPick(page, 'all workspaces', 'all workspaces');
    await workbench().notification('Budget “codex” was added.').waitFor();
    const added = { name: 'codex', limitUsd: 2.5, period: 'week', scope: 'machine' };
    expect(userSettings(workbench())['spendLens.budgets']).toEqual([team, added]);

    await workbench().runCommand('Spend Lens: Edit Budgets…');
    await workbench().choose('codex');
    await waitForTitle(page, 'Budget “codex”');
    await workbench().screenshot('edit-budget-fields');
    await workbench().choose('Calls That Count');
    await workbench().choose('agent');
    await workbench().answerInput('codex');
    await workbench().notification('Budget “codex” was changed.').first().waitFor();
    expect(userSettings(workbench())['spendLens.budgets']).toEqual([team, { ...added, match: { agent: 'codex' } }]);
    await expect
      .poll(async () => (await listBudgets(endpoint)).find(({ name }) => name === 'codex')?.match)
      .toEqual({ agent: 'codex' });

    await workbench().runCommand('Spend Lens: Edit Budgets…');
    await workbench().choose('codex');
    await workbench().choose('Remove');
    const removed = workbench().notification('Budget “codex” was removed.');
    await removed.waitFor();
    expect(userSettings(workbench())['spendLens.budgets']).toEqual([team]);
    await workbench().answerNotification('“codex” was removed', 'Undo');
    await expect.poll(() => userSettings(workbench())['spendLens.budgets']).toMatchObject([team, { name: 'codex' }]);
  });

  test('that refuse calls are allowed for an hour, or raised, by one click in the notification, and back', async () => {
    // Budgets of this test are of a session, so that none of them is silent.
    const asked = { session_id: 's1' };
    workbench().changeFolderSettings({
      'spendLens.budgets': [
        { name: 'task', limitUsd: 1, period: 'session' },
        { name: 'other', limitUsd: 1.25, period: 'session', thresholds: [] },
      ],
      'spendLens.budget.daily': 0,
    });
    await workbench().changeSettings({
      'spendLens.timeZone': 'UTC',
      'spendLens.budget.daily': 0,
      'spendLens.budget.enforce': 'gateway',
    });
    await expect.poll(async () => (await listBudgets(endpoint)).map(({ name }) => name)).toEqual(['task', 'other']);
    await post(endpoint, { model: 'gpt-4.1', prompt_tokens: 750_000, completion_tokens: 0, ...asked });
    // Crossed at once: one message, of the one that is overdrawn most.
    const toast = workbench().notification(/Budget “task” of \$1\.00 .+ is spent: \$1\.50 in this session \(150%\)/);
    await toast.waitFor();
    expect(await toast.textContent()).toContain(
      'The gateway takes no new calls. Also: “other” $1.50 of $1.25 in this session.',
    );
    await workbench().page.waitForTimeout(500);
    await workbench().screenshot('budget-refusing');
    expect((await workbench().notifications()).filter(text => text.includes('is spent'))).toHaveLength(1);
    expect((await check(endpoint, asked)).decision).toBe('deny');
    await workbench().answerNotification('“task”', 'Raise Budget');
    await workbench().notification('Budget “task” is now $2.00.').waitFor();
    const file = path.join(workbench().profile.workspace, '.vscode/settings.json');
    expect(readJson(file)['spendLens.budgets']).toMatchObject([{ name: 'task', limitUsd: 2 }, { name: 'other' }]);
    await expect.poll(async () => (await listBudgets(endpoint))[0]?.limit_usd).toBe(2);
    await workbench().answerNotification('“task” is now', 'Undo');
    await expect.poll(() => (readJson(file)['spendLens.budgets'] as { limitUsd: number }[])[0]?.limitUsd).toBe(1);

    workbench().changeFolderSettings({ 'spendLens.budgets': [{ name: 'task', limitUsd: 1, period: 'session' }] });
    await expect.poll(async () => (await listBudgets(endpoint)).length).toBe(1);
    await post(endpoint, { model: 'gpt-4.1', prompt_tokens: 500_000, completion_tokens: 0, session_id: 's2' });
    const second = workbench().notification(/Budget “task” of \$1\.00 .+ is spent: \$1\.00 in this session/);
    await second.waitFor();
    expect((await check(endpoint, { session_id: 's2' })).decision).toBe('deny');
    await workbench().answerNotification('“task” of', 'Allow for an Hour');
    await expect.poll(async () => (await check(endpoint, { session_id: 's2' })).decision).toBe('warn');
    await workbench().runCommand('Spend Lens: Edit Budgets…');
    await workbench().choose('task');
    await workbench().choose('End the Hour Now');
    await expect.poll(async () => (await check(endpoint, { session_id: 's2' })).decision).toBe('deny');
  });
});
