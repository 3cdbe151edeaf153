import { expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import type { TeamAnswer } from '../../../src/api/teamContract.ts';
import type { ForwardDestination } from '../../../src/contributions.ts';
import { type EngineProcess, postUsage, startProcess, waitForEngineFile } from '../engineProcess.ts';
import type { Postgres } from './postgres.ts';
import { eventually, makeFolder, startPostgres, toTeam } from './team.ts';

const call = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500, team: 'red' };

/** An engine for windows that forwards where a server is given, and what opens a workspace in it, to which calls can then be posted. */
async function startWindows(storage: string, postgres: Postgres | null, privacy?: ForwardDestination['privacy']) {
  const engine = startProcess(['windows', '--storage', storage]);
  const file = await waitForEngineFile(storage, engine.pid);
  const forward = postgres === null ? [] : [toTeam(postgres.url(), privacy)];
  const open = async (workspace: string) => {
    const registration = {
      workspace: { storage: workspace, name: workspace, folders: [] },
      settings: { timeZone: 'UTC', budget: { daily: 0 }, forward },
    };
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const client = createClient(file);
    const { token } = await client.registerWindow(workspace, registration);
    void (async () => {
      for await (const _ of client.events(workspace, abort.signal)) {
        // Read on, so that the window stays.
      }
    })().catch(() => undefined);
    const post = async (body: object) => expect((await postUsage({ url: file.url, token }, body)).status).toBe(200);
    return { url: file.url, token, post };
  };
  return { engine, open, token: file.token };
}

async function leave({ process, ended }: EngineProcess): Promise<void> {
  process.kill('SIGTERM');
  expect(await ended).toBe(0);
}

/** A provider's own answer: it tells more than what a call was said to use. */
const answer = (id: string) => ({
  request_id: id,
  team: 'red',
  response: {
    id,
    object: 'chat.completion',
    model: 'gpt-4.1',
    choices: [],
    usage: { prompt_tokens: 3000, completion_tokens: 500 },
  },
});

async function readTeam(postgres: Postgres) {
  const [calls] = await postgres.query('SELECT count(*)::int AS n, sum(input_tokens)::int AS input FROM api_usage');
  const [sums] = await postgres.query(
    'SELECT sum(requests)::int AS n, sum(input_tokens)::int AS input FROM api_usage_sums',
  );
  return { calls, sums };
}

const whole = (n: number, input: number) => ({ calls: { n, input }, sums: { n, input } });

it('counts a call that two workspaces hold once, by its best report, whoever has it and whoever is closed', async ctx => {
  const postgres = await startPostgres(ctx);
  const [storage, a, b] = [await makeFolder(), await makeFolder(), await makeFolder()];
  const first = await startWindows(storage, postgres);
  const [one, two] = [await first.open(a), await first.open(b)];
  await one.post([
    { ...call, request_id: 'x' },
    { ...call, request_id: 'y' },
    { ...call, request_id: 'z' },
  ]);
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(3, 3000)));
  await two.post({ ...call, request_id: 'x' });
  await two.post({ ...call, request_id: 'other' });
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(4, 4000)));
  // The second workspace knows better, after the first one was told.
  await two.post(answer('y'));
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(4, 6000)));
  await leave(first.engine);

  // The first one is closed while the second one hears more of its call.
  const second = await startWindows(storage, postgres);
  const again = await second.open(b);
  await again.post(answer('z'));
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(4, 8000)));
  // Opened again, it stays so, also for what comes then.
  const back = await second.open(a);
  await back.post({ ...call, request_id: 'last' });
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(5, 9000)));
  await leave(second.engine);
  const ids = await postgres.query('SELECT count(DISTINCT split_part(id, $1, 1))::int AS n FROM api_usage', ['-']);
  expect(ids).toEqual([{ n: 2 }]);
});

it('counts it once in the sums alone, too', async ctx => {
  const postgres = await startPostgres(ctx);
  const [storage, a, b] = [await makeFolder(), await makeFolder(), await makeFolder()];
  const { engine, open, token } = await startWindows(storage, postgres, 'totals');
  const [one, two] = [await open(a), await open(b)];
  await one.post([
    { ...call, request_id: 'x' },
    { ...call, request_id: 'y' },
  ]);
  const read = () => postgres.query('SELECT sum(requests)::int AS n, sum(input_tokens)::int AS i FROM api_usage_sums');
  await eventually(async () => expect(await read()).toEqual([{ n: 2, i: 2000 }]));
  // In the end nothing is left of what the first one told.
  await two.post([{ ...call, request_id: 'x' }, answer('y')]);
  await eventually(async () => expect(await read()).toEqual([{ n: 2, i: 4000 }]));
  await two.post(answer('x'));
  await eventually(async () => expect(await read()).toEqual([{ n: 2, i: 6000 }]));
  const team = await fetch(`${two.url}/v1/team?period=month&group_by=model,day&window=${encodeURIComponent(b)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(((await team.json()) as TeamAnswer).groups).toMatchObject([{ key: { model: 'gpt-4.1' }, requests: 2 }]);
  expect(await postgres.query('SELECT 1 FROM api_usage')).toEqual([]);
  await leave(engine);
});

it('sends the history of a workspace whole, also what another one forwards', async ctx => {
  const postgres = await startPostgres(ctx);
  const [storage, a, b] = [await makeFolder(), await makeFolder(), await makeFolder()];
  const before = await startWindows(storage, null);
  const [one, two] = [await before.open(a), await before.open(b)];
  await one.post([
    { ...call, request_id: 'x' },
    { ...call, request_id: 'y' },
  ]);
  await two.post([answer('x'), { ...call, request_id: 'other' }]);
  await leave(before.engine);
  const { engine, open } = await startWindows(storage, postgres);
  const { url, token } = await open(a);
  const body = JSON.stringify({ destination: 'team' });
  const asked = await fetch(`${url}/t/${token}/v1/forward/history`, { method: 'POST', body });
  expect(await asked.text()).toContain('"type":"done"');
  // The second one's own call is not asked for; but its sums of that quarter of an hour are told.
  await eventually(async () => expect((await readTeam(postgres)).calls).toEqual({ n: 2, input: 4000 }));
  await leave(engine);
});

it('sends what a workspace could not send before it was closed, without it being opened', async ctx => {
  const postgres = await startPostgres(ctx);
  const [storage, a, b] = [await makeFolder(), await makeFolder(), await makeFolder()];
  await postgres.kill();
  const first = await startWindows(storage, postgres);
  const one = await first.open(a);
  await one.post(Array.from({ length: 1200 }, (_, n) => ({ ...call, request_id: `r${n}` })));
  await leave(first.engine);
  await postgres.restart();
  const second = await startWindows(storage, postgres);
  await second.open(b);
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(1200, 1_200_000)));
  // And it is free again.
  const back = await second.open(a);
  await back.post(call);
  await eventually(async () => expect(await readTeam(postgres)).toEqual(whole(1201, 1_201_000)));
  await leave(second.engine);
});
