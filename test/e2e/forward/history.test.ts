import { expect, it } from 'vitest';
import type { ForwardHistoryEvent, ForwardingAnswer } from '../../../src/api/forwardContract.ts';
import { postUsage } from '../engineProcess.ts';
import { eventually, makeFolder, startEngine, startPostgres, toTeam } from './team.ts';

const call = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

it('sends what was there before a destination was, on demand, and says how far it is', async ctx => {
  const postgres = await startPostgres(ctx);
  const storage = await makeFolder();
  const before = await startEngine(storage, []);
  const calls = Array.from({ length: 1200 }, (_, n) => ({ ...call, request_id: `r${n}` }));
  expect((await postUsage(await before.greeting, calls)).json.accepted).toBe(1200);
  before.process.kill('SIGTERM');
  await before.ended;

  const engine = await startEngine(storage, [toTeam(postgres.url())]);
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

it('stops queueing when whoever asked hangs up', async ctx => {
  const postgres = await startPostgres(ctx);
  await postgres.kill();
  const storage = await makeFolder();
  const before = await startEngine(storage, []);
  const at = await before.greeting;
  // More than are queued at a time, an hour apart.
  for (let hour = 0; hour < 30; hour++) {
    const timestamp = new Date(Date.now() - hour * 3_600_000).toISOString();
    expect(
      (
        await postUsage(
          at,
          Array.from({ length: 1000 }, () => ({ ...call, timestamp })),
        )
      ).status,
    ).toBe(200);
  }
  before.process.kill('SIGTERM');
  await before.ended;

  const engine = await startEngine(storage, [toTeam(postgres.url())]);
  const { url, token } = await engine.greeting;
  const abort = new AbortController();
  const body = JSON.stringify({ destination: 'team' });
  const asked = await fetch(`${url}/t/${token}/v1/forward/history`, { method: 'POST', body, signal: abort.signal });
  const first = await asked.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toMatch(/"sent":0,"total":30000/);
  abort.abort();
  await postgres.restart();
  await fetch(`${url}/t/${token}/v1/forward/retry`, { method: 'POST' });
  await eventually(async () => {
    const { destinations } = (await (await fetch(`${url}/t/${token}/v1/forward`)).json()) as ForwardingAnswer;
    expect(destinations[0]).toMatchObject({ waiting: 0, last_error: null, last_sent: expect.any(String) });
  });
  const [{ n }] = await postgres.query('SELECT count(*)::int AS n FROM api_usage');
  expect(n).toBeGreaterThan(0);
  expect(n).toBeLessThanOrEqual(10_000);
});

it('loads nothing of all this while nothing is forwarded', async () => {
  // Node tells which files it loads.
  const trace = await startEngine(await makeFolder(), [], { NODE_DEBUG: 'module' });
  await postUsage(await trace.greeting, call);
  expect(trace.stderr()).toContain('engine.js');
  expect(trace.stderr()).not.toContain('forwarding.js');
  const loaded = await startEngine(await makeFolder(), [toTeam('postgresql://x@127.0.0.1:1/x')], {
    NODE_DEBUG: 'module',
  });
  await postUsage(await loaded.greeting, call);
  await eventually(async () => expect(loaded.stderr()).toContain('forwarding.js'));
});
