import { execFileSync } from 'node:child_process';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { postUsage } from '../engineProcess.ts';
import { makeCertificates } from '../privateNetwork.ts';
import { nobody } from './postgres.ts';
import { eventually, makeFolder, makeSecretive, startEngine, startPostgres, toTeam } from './team.ts';

const call = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

it('protects what it sends by TLS unless told otherwise, and trusts only authorities that the system or the user names', async ctx => {
  const postgres = await startPostgres(ctx);
  const { tls: _, ...protectedTo } = toTeam(postgres.url());
  const strict = await startEngine(await makeFolder(), [protectedTo]);
  await postUsage(await strict.greeting, call);
  await eventually(async () => expect(strict.stderr()).toContain('The server does not support SSL connections'));

  const { authority, key, certificate } = makeCertificates(await makeFolder());
  const data = join(postgres.folder, 'data');
  await copyFile(certificate, join(data, 'server.crt'));
  await copyFile(key, join(data, 'server.key'));
  await chmod(join(data, 'server.key'), 0o600);
  if (process.getuid?.() === 0) {
    execFileSync('chown', [String(nobody), join(data, 'server.crt'), join(data, 'server.key')]);
  }
  await postgres.query("ALTER SYSTEM SET ssl = 'on'");
  await postgres.query('SELECT pg_reload_conf()');
  const stranger = await startEngine(await makeFolder(), [protectedTo]);
  await postUsage(await stranger.greeting, call);
  await eventually(async () => expect(stranger.stderr()).toMatch(/Forwarding to team failed: .*certificate/));

  const trusting = await startEngine(await makeFolder(), [{ ...protectedTo, caFile: authority }]);
  await postUsage(await trusting.greeting, call);
  const users = () =>
    postgres.query(
      "SELECT DISTINCT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'spend-lens'",
    );
  await eventually(async () => {
    expect(await postgres.query('SELECT id FROM api_usage')).toHaveLength(1);
    expect(await users()).toEqual([{ ssl: true }]);
  });
});

it('takes its password from the environment or `.pgpass`, and shows it to the server only', async ctx => {
  const postgres = await startPostgres(ctx);
  const url = await makeSecretive(postgres);
  const wrong = await startEngine(await makeFolder(), [toTeam(url)], { SPEND_LENS_FORWARD_TEAM: 'xyzzy' });
  await postUsage(await wrong.greeting, call);
  await eventually(async () => expect(wrong.stderr()).toContain('password authentication failed'));
  expect(wrong.stderr()).not.toContain('xyzzy');

  const pgpass = join(await makeFolder(), 'pgpass');
  await writeFile(pgpass, '127.0.0.1:*:*:secretive:open sesame\n', { mode: 0o600 });
  const ways = [{ SPEND_LENS_FORWARD_TEAM: 'open sesame' }, { PGPASSWORD: 'open sesame' }, { PGPASSFILE: pgpass }];
  for (const [index, env] of ways.entries()) {
    const engine = await startEngine(await makeFolder(), [toTeam(url)], env);
    await postUsage(await engine.greeting, call);
    await eventually(async () => expect(await postgres.query('SELECT id FROM api_usage')).toHaveLength(index + 1));
    expect(engine.stderr()).not.toContain('open sesame');
  }
});
