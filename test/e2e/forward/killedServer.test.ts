import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { ForwardingAnswer } from '../../../src/api/forwardContract.ts';
import { postUsage } from '../engineProcess.ts';
import { eventually, makeFolder, startEngine, startPostgres, toTeam } from './team.ts';

const engines = 3;
/** The figure; `SPEND_LENS_FORWARD_RECORDS` makes a run of another size. */
const recordsEach = Number(process.env.SPEND_LENS_FORWARD_RECORDS ?? 20_000);
const batch = 100;
const kills = 5;

/** A call unlike the others, in tokens and in cost. */
function makeCall(engine: number, n: number) {
  return {
    model: n % 3 === 0 ? 'gpt-4.1' : n % 3 === 1 ? 'gpt-4.1-mini' : 'nobody-knows',
    input_tokens: 1 + ((n * 7919) % 5000),
    output_tokens: 1 + ((n * 104_729) % 900),
    request_id: `e${engine}-${n}`,
    session_id: `e${engine}-s${n % 50}`,
    user_id: `user-${engine}`,
    team: engine === 2 ? 'blue' : 'red',
    project: `p${n % 4}`,
    timestamp: new Date(Date.UTC(2026, 10, 1) + n * 60_000).toISOString(),
  };
}

it(`${engines} engines send ${recordsEach} calls each while the server is killed ${kills} times: each is there once, and the sums are equal to the nano-dollar`, {
  timeout: 300_000,
}, async ctx => {
  const postgres = await startPostgres(ctx);
  const team = toTeam(postgres.url());
  const folders = await Promise.all(Array.from({ length: engines }, makeFolder));
  const running = await Promise.all(folders.map(folder => startEngine(folder, [team])));
  const addresses = await Promise.all(running.map(({ greeting }) => greeting));

  const posting = addresses.map(async (at, engine) => {
    for (let n = 0; n < recordsEach; n += batch) {
      const calls = Array.from({ length: batch }, (_, index) => makeCall(engine, n + index));
      const { status, json } = await postUsage(at, calls);
      expect([status, json.accepted]).toEqual([200, batch]);
      // Some come a second time with more tokens: a correction of what may have been sent already.
      if (n % 1000 === 0) {
        await postUsage(at, { ...calls[0], input_tokens: 9_999 });
      }
    }
  });
  const sent = async () => Number((await postgres.query('SELECT count(*) AS n FROM api_usage'))[0]?.n ?? 0);
  let killed = 0;
  let before = 0;
  while (killed < kills) {
    // In the middle of sending: only when more has come since the last time.
    await eventually(async () => expect(await sent().catch(() => 0)).toBeGreaterThan(before + 200));
    before = await sent();
    await sleep(Math.random() * 300);
    await postgres.kill();
    killed++;
    await sleep(200);
    await postgres.restart();
  }
  await Promise.all(posting);
  await eventually(async () => {
    expect(await sent()).toBe(engines * recordsEach);
    const waiting = await Promise.all(addresses.map(readWaiting));
    expect(waiting).toEqual(Array.from({ length: engines }, () => 0));
  }, 120_000);

  for (const { process } of running) {
    process.kill('SIGTERM');
  }
  expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(Array.from({ length: engines }, () => 0));
  const local = folders.map(folder => readLedger(folder));
  const [remote] = await postgres.query(
    `SELECT count(*) AS rows, count(DISTINCT id) AS ids, sum(input_tokens) AS input, sum(output_tokens) AS output,
       sum(cost_usd) * 1000000000 AS nano FROM api_usage`,
  );
  const total = (name: string) => local.reduce((sum, row) => sum + (row[name] ?? 0n), 0n);
  expect(remote.rows).toBe(String(engines * recordsEach));
  expect(remote.ids).toBe(remote.rows);
  expect(remote.input).toBe(String(total('input')));
  expect(remote.output).toBe(String(total('output')));
  expect(BigInt(remote.nano.split('.')[0])).toBe(total('nano'));
  const [sums] = await postgres.query(
    'SELECT sum(requests) AS rows, sum(input_tokens) AS input, sum(cost_usd) * 1000000000 AS nano FROM api_usage_sums',
  );
  expect(sums.rows).toBe(remote.rows);
  expect(sums.input).toBe(remote.input);
  expect(BigInt(sums.nano.split('.')[0])).toBe(total('nano'));
  // Month by month in partitions of their own.
  const parts = await postgres.query('SELECT DISTINCT tableoid::regclass::text AS name FROM api_usage');
  expect(parts.map(({ name }) => name)).toContain('api_usage_2026_11');
});

async function readWaiting({ url, token }: { url: string; token: string }): Promise<number> {
  const { destinations } = (await (await fetch(`${url}/t/${token}/v1/forward`)).json()) as ForwardingAnswer;
  return destinations[0]?.waiting ?? Number.NaN;
}

function readLedger(folder: string): Record<string, bigint> {
  const db = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true });
  const statement = db.prepare(
    'SELECT sum(prompt_tokens) AS input, sum(completion_tokens) AS output, sum(cost_nano_usd) AS nano FROM token_usage',
  );
  statement.setReadBigInts(true);
  const row = statement.get() as Record<string, bigint>;
  db.close();
  return row;
}
