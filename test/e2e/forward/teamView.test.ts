import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { TeamAnswer } from '../../../src/api/teamContract.ts';
import type { ForwardDestination } from '../../../src/contributions.ts';
import { sumQuery } from '../../../src/forward/postgres/teamQueries.ts';
import { postUsage } from '../engineProcess.ts';
import { eventually, makeFolder, startEngine, startPostgres, toTeam } from './team.ts';

const ask = async ({ url, token }: { url: string; token: string }, query: string) => {
  const response = await fetch(`${url}/t/${token}/v1/team?${query}`);
  // biome-ignore lint/suspicious/noExplicitAny: problems and answers
  return { status: response.status, body: (await response.json()) as any };
};

describe('the sums of a team', () => {
  it('are those of all its engines, at every privacy level, with the budgets of its lead', async ctx => {
    const postgres = await startPostgres(ctx);
    const to = (privacy: ForwardDestination['privacy']) => [toTeam(postgres.url(), privacy)];
    const engines = [
      await startEngine(await makeFolder(), to('full')),
      await startEngine(await makeFolder(), to('calls')),
      await startEngine(await makeFolder(), to('totals')),
    ];
    const calls = (user: string, team: string) => [
      { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, user_id: user, team, project: 'lens' },
      { model: 'gpt-4.1-mini', input_tokens: 1000, output_tokens: 500, user_id: user, team, project: 'lens' },
      {
        model: 'nobody-knows',
        input_tokens: 1,
        output_tokens: 1,
        user_id: user,
        team,
        project: 'lens',
        timestamp: '2026-10-31T23:30:00Z',
      },
    ];
    for (const [index, engine] of engines.entries()) {
      const { status } = await postUsage(await engine.greeting, calls(`user-${index}`, index === 2 ? 'blue' : 'red'));
      expect(status).toBe(200);
    }
    await eventually(async () =>
      expect(await postgres.query('SELECT sum(requests) AS n FROM api_usage_sums')).toEqual([{ n: '9' }]),
    );
    await postgres.query(
      "INSERT INTO team_budget (name, limit_usd, period, team) VALUES ('Red month', 0.02, 'month', 'red'), ('All', 1, 'day', NULL)",
    );

    const at = await (engines[0] as (typeof engines)[0]).greeting;
    const { body } = (await ask(at, 'from=2026-10-01&group_by=team')) as { body: TeamAnswer };
    expect(body.total).toMatchObject({ requests: 9, unpriced_requests: 3 });
    // Three times 0.006 and 0.0012 USD.
    expect(body.total.cost_usd).toBe(0.0216);
    expect(body.groups.map(({ key, requests, cost_usd }) => [key.team, requests, cost_usd])).toEqual([
      ['red', 6, 0.0144],
      ['blue', 3, 0.0072],
    ]);
    const spent = Object.fromEntries(
      body.budgets.map(({ name, spent_usd, limit_usd }) => [name, [spent_usd, limit_usd]]),
    );
    expect(spent).toEqual({ 'Red month': [0.0144, 0.02], All: [0.0216, 1] });

    // Users by what each level tells of them: a name, a pseudonym, nothing.
    const users = (await ask(at, 'from=2026-10-01&group_by=user_id')).body as TeamAnswer;
    expect(users.groups).toHaveLength(3);
    expect(users.groups.map(({ key }) => key.user_id)).toEqual(
      expect.arrayContaining(['user-0', expect.stringMatching(/^user-[0-9a-f]{32}$/), null]),
    );
    const months = (await ask(at, 'from=2026-10-01&group_by=month')).body as TeamAnswer;
    expect(months.groups.map(({ key, requests }) => [key.month, requests]).sort()).toEqual([
      ['2026-10', 3],
      ['2026-11', 6],
    ]);
    const chosen = (await ask(at, 'from=2026-10-01&group_by=model&team=blue')).body as TeamAnswer;
    expect(chosen.groups.map(({ key, requests }) => [key.model, requests])).toEqual([
      ['gpt-4.1', 1],
      ['gpt-4.1-mini', 1],
      ['nobody-knows', 1],
    ]);
    expect(await ask(at, 'group_by=shoe')).toMatchObject({ status: 400, body: { field: 'group_by' } });
    expect(await ask(at, 'from=2026-10-01&to=2026-11-01&group_by=hour')).toMatchObject({ status: 200 });
    expect(await ask(at, 'from=2026-10-01&to=2026-11-02&group_by=hour')).toMatchObject({
      status: 400,
      body: { field: 'group_by' },
    });
    expect(await ask(at, 'destination=nobody')).toMatchObject({ status: 404, body: { field: 'destination' } });
  });

  it('are refused with a reason by a role that may not read', async ctx => {
    const postgres = await startPostgres(ctx);
    await postgres.query(await readFile(new URL('../../../dist/schema.sql', import.meta.url), 'utf8'));
    await postgres.query('CREATE ROLE writer LOGIN');
    await postgres.query('GRANT INSERT ON api_usage, api_usage_gone, api_usage_sums TO writer');
    const engine = await startEngine(await makeFolder(), [toTeam(postgres.url('writer'))]);
    const at = await engine.greeting;
    expect(await ask(at, 'period=month')).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('SELECT on api_usage_sums') },
    });
    await postgres.kill();
    expect(await ask(at, 'period=month')).toMatchObject({ status: 502 });
  });

  it('are read from the months asked for only, and from an index for a day', async ctx => {
    const postgres = await startPostgres(ctx);
    await postgres.query(await readFile(new URL('../../../dist/schema.sql', import.meta.url), 'utf8'));
    await postgres.query(`ALTER TABLE api_usage_sums DISABLE TRIGGER ALL;
      INSERT INTO api_usage_sums SELECT 'ledger-' || n % 50, timestamptz '2026-06-01' + n % 17000 * interval '15 minutes', 'model-' || n % 7,
        'team-' || n % 5, 'project-' || n % 11, 'user-' || n % 50, 10, 1000, 100, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0.5, 0, 1 FROM generate_series(1, 100000) AS n
        ON CONFLICT DO NOTHING;
      ALTER TABLE api_usage_sums ENABLE TRIGGER ALL; ANALYZE`);
    const explain = async (from: string, to: string) => {
      const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
      const { text, values } = sumQuery(range, ['team', 'model'], {}, 'Europe/Berlin');
      const rows = await postgres.query(`EXPLAIN (COSTS OFF) ${text}`, values);
      return rows.map(row => row['QUERY PLAN']).join('\n');
    };
    const month = await explain('2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z');
    expect([...new Set(month.match(/api_usage_sums_\d{4}_\d\d/g))].sort()).toEqual([
      'api_usage_sums_2026_09',
      'api_usage_sums_2026_10',
    ]);
    const day = await explain('2026-10-05T22:00:00Z', '2026-10-06T22:00:00Z');
    expect([...new Set(day.match(/api_usage_sums_\d{4}_\d\d/g))]).toEqual(['api_usage_sums_2026_10']);
    expect(day).toMatch(/Index|Bitmap/);
  });
});
