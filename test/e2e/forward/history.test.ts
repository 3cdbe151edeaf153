import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ForwardHistoryEvent } from '../../../src/api/forwardContract.ts';
import type { ForwardDestination } from '../../../src/contributions.ts';
import { postUsage } from '../engineProcess.ts';
import { eventually, makeFolder, startEngine, startPostgres } from './team.ts';

const call = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };
const to = (url: string): ForwardDestination => ({
  name: 'team',
  type: 'postgresql',
  url,
  privacy: 'full',
  tls: 'off',
});

it('sends what was there before a destination was, on demand, and says how far it is', async ctx => {
  const postgres = await startPostgres(ctx);
  const storage = await makeFolder();
  const before = await startEngine(storage, []);
  const calls = Array.from({ length: 1200 }, (_, n) => ({ ...call, request_id: `r${n}` }));
  expect((await postUsage(await before.greeting, calls)).json.accepted).toBe(1200);
  before.process.kill('SIGTERM');
  await before.ended;

  const engine = await startEngine(storage, [to(postgres.url())]);
  const at = await engine.greeting;
  await postUsage(at, { ...call, request_id: 'new' });
  await eventually(async () => expect(await postgres.query('SELECT id FROM api_usage')).toHaveLength(1));
  const ask = (body: unknown) =>
    fetch(`${at.url}/t/${at.token}/v1/forward/history`, { method: 'POST', body: JSON.stringify(body) });
  const lines = (await (await ask({ destination: 'team' })).text()).trim().split('\n');
  const events = lines.map((line): ForwardHistoryEvent => JSON.parse(line));
  expect(events.at(-1)).toEqual({ type: 'done' });
  expect(events.filter(({ type }) => type === 'progress').at(-1)).toEqual({
    type: 'progress',
    sent: 1201,
    total: 1201,
  });
  expect(await postgres.query('SELECT count(*) AS n, count(DISTINCT id) AS ids FROM api_usage')).toEqual([
    { n: '1201', ids: '1201' },
  ]);
  expect((await ask({ destination: 'nobody' })).status).toBe(404);
  expect((await ask({})).status).toBe(400);
});

it('protects what it sends by TLS unless told otherwise, and shows its password to the server only', async ctx => {
  const postgres = await startPostgres(ctx);
  const hba = join(postgres.folder, 'data/pg_hba.conf');
  await postgres.query("CREATE ROLE secretive LOGIN SUPERUSER PASSWORD 'open sesame'");
  await writeFile(hba, `host all secretive 127.0.0.1/32 scram-sha-256\n${await readFile(hba, 'utf8')}`);
  await postgres.query('SELECT pg_reload_conf()');
  const { tls: _, ...protectedTo } = to(postgres.url('secretive'));
  const strict = await startEngine(await makeFolder(), [protectedTo], { SPEND_LENS_FORWARD_TEAM: 'open sesame' });
  await postUsage(await strict.greeting, call);
  await eventually(async () => expect(strict.stderr()).toContain('The server does not support SSL connections'));

  const wrong = await startEngine(await makeFolder(), [to(postgres.url('secretive'))], {
    SPEND_LENS_FORWARD_TEAM: 'xyzzy',
  });
  await postUsage(await wrong.greeting, call);
  await eventually(async () => expect(wrong.stderr()).toContain('password authentication failed'));
  expect(wrong.stderr()).not.toContain('xyzzy');

  const right = await startEngine(await makeFolder(), [to(postgres.url('secretive'))], {
    SPEND_LENS_FORWARD_TEAM: 'open sesame',
  });
  await postUsage(await right.greeting, call);
  await eventually(async () => expect(await postgres.query('SELECT id FROM api_usage')).toHaveLength(1));
});

it('loads nothing of all this while nothing is forwarded', async () => {
  // Node tells which files it loads.
  const trace = await startEngine(await makeFolder(), [], { NODE_DEBUG: 'module' });
  await postUsage(await trace.greeting, call);
  expect(trace.stderr()).toContain('engine.js');
  expect(trace.stderr()).not.toContain('forwarding.js');
  const loaded = await startEngine(await makeFolder(), [to('postgresql://x@127.0.0.1:1/x')], { NODE_DEBUG: 'module' });
  await postUsage(await loaded.greeting, call);
  await eventually(async () => expect(loaded.stderr()).toContain('forwarding.js'));
});
