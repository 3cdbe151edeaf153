import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { copyEndpoint, post } from '../endpoint.ts';
import { postUsage } from '../engineProcess.ts';
import { useWorkbench } from '../useWorkbench.ts';
import { findPostgres, Postgres } from './postgres.ts';
import { eventually, makeFolder, makeSecretive, startEngine, toTeam } from './team.ts';

const bin = findPostgres();
// Before the window opens, whose settings name it.
const postgres = bin === null ? null : await Postgres.start(bin);
const destination = toTeam(postgres === null ? '' : await makeSecretive(postgres));
const password = { SPEND_LENS_FORWARD_TEAM: 'open sesame' };
const call = { model: 'gpt-4.1', input_tokens: 100_000, output_tokens: 10_000, project: 'lens' };

describe.skipIf(postgres === null)('the team in the report (needs PostgreSQL)', () => {
  const workbench = useWorkbench({ settings: { 'spendLens.timeZone': 'UTC', 'spendLens.forward': [destination] } });
  afterAll(() => postgres?.remove());
  const report = () => workbench().reportFrame();
  const rows = async (name: RegExp): Promise<string[]> => {
    const cells = await report().getByRole('table', { name }).getByRole('rowheader').allTextContents();
    return cells.map(text => text.trim());
  };

  /** Takes the name that is offered and gives the file. */
  const saveAs = async (message: RegExp): Promise<string> => {
    const input = workbench().page.locator('.quick-input-widget input[type="text"]');
    await expect.poll(() => input.inputValue()).toContain('.csv');
    const file = await input.inputValue();
    await workbench().page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await workbench().notification(message).waitFor();
    return readFileSync(file, 'utf8');
  };

  test('tells what waits and why, and sends once the password is in the secret storage', async () => {
    const endpoint = await copyEndpoint(workbench());
    await post(endpoint, { ...call, team: 'red', user_id: 'ann' });
    await expect.poll(() => workbench().readTooltip()).toMatch(/team: 1 call waits, failed: .*password/);
    await workbench().runCommand('Spend Lens: Set Forwarding Password');
    const input = workbench().page.locator('.quick-input-widget input[type="password"]');
    await input.fill(password.SPEND_LENS_FORWARD_TEAM);
    await input.press('Enter');
    await workbench().notification('The password for "team" is in the system\'s secret storage.').waitFor();
    await eventually(async () => expect(await postgres?.query('SELECT 1 FROM api_usage')).toHaveLength(1));
    await expect.poll(() => workbench().readTooltip()).toMatch(/team: all is sent, last sent/);
    await workbench().moveMouseAway();
  });

  test('shows what this window and two other engines spent, by team, user and model', async () => {
    for (const [team, user] of [
      ['red', 'bob'],
      ['blue', 'eve'],
    ] as const) {
      const engine = await startEngine(await makeFolder(), [destination], password);
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

  test('exports what it shows of the team, and a month for charging it back', async () => {
    await report().getByRole('button', { name: 'Export as CSV' }).click();
    const shown = await saveAs(/Exported to spend-lens-/);
    expect(shown).toMatch(/by user/);
    for (const user of ['ann', 'bob', 'eve']) {
      expect(shown).toContain(`\r\n${user},0.28,1,100000,`);
    }
    await workbench().runCommand('Spend Lens: Export Chargeback');
    const month = new Date().toISOString().slice(0, 7);
    await workbench().choose(month);
    const lines = (await saveAs(new RegExp(`Exported to chargeback-${month}.csv`))).trim().split('\r\n');
    expect(lines.slice(1).sort()).toEqual(
      ['blue,lens,eve', 'red,lens,ann', 'red,lens,bob'].map(who => `${month},${who},gpt-4.1,1,100000,10000,0.28,,0`),
    );
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
