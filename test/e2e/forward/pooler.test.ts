import { expect, it } from 'vitest';
import type { TeamAnswer } from '../../../src/api/teamContract.ts';
import { postUsage } from '../engineProcess.ts';
import { findPgBouncer, startPgBouncer } from './pgBouncer.ts';
import { eventually, makeFolder, startEngine, startPostgres, toTeam } from './team.ts';

it('forwards and reads through a pooler that has fewer connections than there are engines', async ctx => {
  const postgres = await startPostgres(ctx);
  const program = findPgBouncer();
  if (program === null) {
    return ctx.skip('PgBouncer is neither on the PATH nor to be had as a Debian package.');
  }
  const url = await startPgBouncer(program, postgres, 2);
  const engines = await Promise.all(
    Array.from({ length: 4 }, async () => startEngine(await makeFolder(), [toTeam(url)])),
  );
  const addresses = await Promise.all(engines.map(({ greeting }) => greeting));
  const calls = Array.from({ length: 600 }, () => ({ model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 }));
  await Promise.all(addresses.map(async at => expect((await postUsage(at, calls)).status).toBe(200)));
  await eventually(async () =>
    expect(await postgres.query('SELECT count(*)::int AS n FROM api_usage')).toEqual([{ n: 2400 }]),
  );
  const answers = await Promise.all(
    addresses.map(async ({ url, token }) => {
      const response = await fetch(`${url}/t/${token}/v1/team?period=month&group_by=day`);
      return (await response.json()) as TeamAnswer;
    }),
  );
  expect(answers.map(({ total }) => total.requests)).toEqual([2400, 2400, 2400, 2400]);
  expect(engines.map(({ stderr }) => stderr()).join('')).not.toContain('failed');
});
