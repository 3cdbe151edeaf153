import { afterAll, describe, expect, test } from 'vitest';
import { copyEndpoint, post } from '../endpoint.ts';
import { postUsage } from '../engineProcess.ts';
import { useWorkbench } from '../useWorkbench.ts';
import { findPostgres, Postgres } from './postgres.ts';
import { eventually, makeFolder, startEngine, toTeam } from './team.ts';

const bin = findPostgres();
// Before the window opens, whose settings name it.
const postgres = bin === null ? null : await Postgres.start(bin);
const destination = toTeam(postgres?.url() ?? '');
const call = { model: 'gpt-4.1', input_tokens: 100_000, output_tokens: 10_000, project: 'lens' };

describe.skipIf(postgres === null)('the team in the report (needs PostgreSQL)', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC', 'spendLens.forward': [destination] } });
  afterAll(() => postgres?.remove());
  const report = () => workbench().reportFrame();
  const rows = async (name: RegExp): Promise<string[]> => {
    const cells = await report().getByRole('table', { name }).getByRole('rowheader').allTextContents();
    return cells.map(text => text.trim());
  };

  test('shows what this window and two other engines spent, by team, user and model', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, { ...call, team: 'red', user_id: 'ann' });
    for (const [team, user] of [
      ['red', 'bob'],
      ['blue', 'eve'],
    ] as const) {
      const engine = await startEngine(await makeFolder(), [destination]);
      expect((await postUsage(await engine.greeting, { ...call, team, user_id: user })).status).toBe(200);
      // The engine ends with the test: what it has must be there before.
      await eventually(async () => {
        expect(await postgres?.query('SELECT 1 FROM api_usage WHERE user_id = $1', [user])).toHaveLength(1);
      });
    }
    await eventually(async () => expect(await postgres?.query('SELECT 1 FROM api_usage')).toHaveLength(3));
    await postgres?.query(
      "INSERT INTO team_budget (name, limit_usd, period, team) VALUES ('Red month', 1, 'month', 'red')",
    );

    await workbench().runCommand('Spend Lens: Open Usage Report');
    await report().getByRole('combobox', { name: 'Scope' }).click();
    await report().getByRole('option', { name: 'Team', exact: true }).click();
    // Three times 0.28 USD.
    await report().getByText('The team spent $0.84 in 3 requests').first().waitFor();
    await expect.poll(() => rows(/by team/)).toEqual(['red', 'blue']);
    expect(
      await report()
        .getByRole('table', { name: /Budgets of the team/ })
        .textContent(),
    ).toContain('56%');
    await workbench().screenshot('report-team');

    await report().getByRole('combobox', { name: 'Breakdown', exact: true }).click();
    await report().getByRole('option', { name: 'User', exact: true }).click();
    await expect.poll(async () => (await rows(/by user/)).sort()).toEqual(['ann', 'bob', 'eve']);
    expect(await report().locator('body').textContent()).toContain('team: all is sent');
  });

  test('goes back to this workspace, and says so when the database is away', async () => {
    await postgres?.kill();
    await report().getByRole('combobox', { name: 'Breakdown', exact: true }).click();
    await report().getByRole('option', { name: 'Model', exact: true }).click();
    await report()
      .getByText(/The team's database can't be read/)
      .waitFor();
    await report().getByRole('combobox', { name: 'Scope' }).click();
    await report().getByRole('option', { name: 'This workspace', exact: true }).click();
    await report().getByRole('tab', { name: 'Overview' }).waitFor();
    await expect.poll(() => report().locator('.figure.requests .value').textContent()).toBe('1');
  });
});
