import { describe, expect, it } from 'vitest';
import { postUsage } from '../engineProcess.ts';
import type { Postgres } from './postgres.ts';
import { eventually, makeFolder, postJoiningAnswer, startEngine, startPostgres, toTeam } from './team.ts';

const call = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, request_id: 'r1', team: 'red' };

/** Makes a PostgreSQL refuse, with the codes of servers that only speak like it, what these don't have. */
const refusals: Readonly<Record<string, (postgres: Postgres) => Promise<unknown>>> = {
  'partitions as PostgreSQL has them': postgres =>
    postgres.query(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF current_query() LIKE '%PARTITION BY%' THEN
          RAISE 'at or near "partition": syntax error' USING ERRCODE = 'syntax_error';
        END IF;
      END $$;
      CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse()`),
  'functions and triggers': postgres => postgres.query('DROP EXTENSION plpgsql'),
};

describe.each(Object.entries(refusals))('a server without %s', (_, refuse) => {
  it('gets plain tables, and corrections as upserts', async ctx => {
    const postgres = await startPostgres(ctx);
    await refuse(postgres);
    const engine = await startEngine(await makeFolder(), [toTeam(postgres.url())]);
    const at = await engine.greeting;
    await postUsage(at, [call, { ...call, request_id: 'r2' }]);
    await eventually(async () => expect(await postgres.query('SELECT id FROM api_usage')).toHaveLength(2));
    expect(
      await postgres.query("SELECT relkind FROM pg_class WHERE relname LIKE 'api_usage%' AND relkind = 'p'"),
    ).toEqual([]);
    expect(await postgres.query("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'api_usage%'")).toEqual([]);

    // A report that says that both are one call, and what it used.
    await postJoiningAnswer(at, { team: 'red' });
    await eventually(async () => {
      expect(await postgres.query('SELECT input_tokens FROM api_usage')).toEqual([{ input_tokens: '3000' }]);
      expect(await postgres.query('SELECT sum(requests) AS n, sum(input_tokens) AS i FROM api_usage_sums')).toEqual([
        { n: '1', i: '3000' },
      ]);
    });
    // The team view's questions are plain enough, too.
    const team = await fetch(`${at.url}/t/${at.token}/v1/team?period=month&group_by=day,team`);
    expect(await team.json()).toMatchObject({
      total: { requests: 1, prompt_tokens: 3000 },
      groups: [{ key: { team: 'red' }, requests: 1 }],
      budgets: [],
    });

    // Who may only insert is told what is missing, instead of failing at the first correction.
    await postgres.query(
      'CREATE ROLE writer LOGIN; GRANT INSERT ON api_usage, api_usage_gone, api_usage_sums TO writer',
    );
    const poor = await startEngine(await makeFolder(), [toTeam(postgres.url('writer'))]);
    await postUsage(await poor.greeting, call);
    await eventually(async () => expect(poor.stderr()).toContain('needs SELECT, UPDATE and DELETE'));
  });
});
