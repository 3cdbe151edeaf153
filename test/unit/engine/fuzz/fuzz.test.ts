import { writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request as open } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { windowModeRoutes } from '../../../../src/engine/routes/routes.ts';
import { startProvider } from '../gateway/fakeProvider.ts';
import { ask, bearer, makeFolder, sixMills } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { type FuzzAnswer, findFlaw } from './cleanAnswer.ts';
import { type FuzzRequest, requestsTo } from './requests.ts';

/** Inputs in all, several at a time. `SPEND_LENS_FUZZ_SEED` repeats a run, `SPEND_LENS_FUZZ_RUNS` makes it longer. */
const inputs = Number(process.env.SPEND_LENS_FUZZ_RUNS ?? 10_000);
const atOnce = 10;
const seed = Number(process.env.SPEND_LENS_FUZZ_SEED ?? Date.now() % 2 ** 31);

/** How long an answer that goes on (events, an import) is read, ms. */
const readMs = 30;

it(`every route answers ${inputs} inputs cleanly, and keeps the totals`, { timeout: 240_000 }, async () => {
  console.log(`fast-check seed ${seed}; SPEND_LENS_FUZZ_SEED repeats it`);
  const { url, admin, adminToken, engine, log } = await startWindowMode();
  // A provider that answers what it is sent, whatever that is.
  const provider = await startProvider((response, { body, headers }) => {
    response.writeHead(200, { 'content-type': headers['content-type'] ?? 'application/json' }).end(body);
  });
  const folders = [await makeFolder(), await makeFolder(), await makeFolder()];
  const upstreams = { openai: provider.url, anthropic: provider.url, x: provider.url };
  const register = async (id: string, storage: string) =>
    (
      await admin.registerWindow(id, {
        workspace: { storage, name: id, folders: [] },
        settings: { gateway: { upstreams } },
      })
    ).token;
  const token = await register('w', folders[0] ?? '');
  const control = await register('control', await makeFolder());
  const settled = await ask(url, '/v1/usage', {
    headers: bearer(control),
    body: JSON.stringify(Array(50).fill(sixMills)),
  });
  expect(settled.json.accepted).toBe(50);
  const readControl = async () =>
    (await ask(url, '/v1/summary?period=30d&group_by=model', { headers: bearer(control) })).json;
  const before = await readControl();

  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  onTestFinished(() => agent.destroy());
  const place = { tokens: [token, token, adminToken], folders };
  // Where programs write, more often.
  const one = fc.oneof(
    ...windowModeRoutes.map(route => ({
      weight: route.method === 'POST' && route.access === 'ledger' ? 3 : 1,
      arbitrary: requestsTo(route, place),
    })),
  );
  const asked = new Map<string, number>();
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: atOnce, maxLength: atOnce }), async requests => {
      const answers = await Promise.all(requests.map(each => send(url, agent, each)));
      for (const [index, answer] of answers.entries()) {
        const sent = requests[index] as FuzzRequest;
        const flaw = findFlaw(sent, answer);
        expect(flaw, `${sent.method} ${sent.path}: ${flaw}`).toBeNull();
        asked.set(sent.route, (asked.get(sent.route) ?? 0) + 1);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }
    }),
    { seed, numRuns: Math.ceil(inputs / atOnce), endOnFailure: true },
  );

  // Every route had its share, and many inputs got past the door.
  expect(asked.size).toBe(windowModeRoutes.length);
  expect(Math.min(...asked.values())).toBeGreaterThan(inputs / windowModeRoutes.length / 5);
  expect(statuses.get(200)).toBeGreaterThan(inputs / 10);
  console.log(
    `answers by status: ${[...statuses]
      .sort()
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')}`,
  );
  expect(log.filter(line => line.startsWith('error') && /failed/.test(line))).toEqual([]);

  expect((await ask(url, '/healthz')).json.status).toBe('ok');
  expect(await readControl()).toEqual(before);
  // What was stored is the same for every reader: sums, rows, and the database that anyone can open.
  const live = engine.ledgers().find(each => each.token.fits(token));
  const all = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const sums = live?.ledger.sum(all);
  expect(sums?.requests).toBeGreaterThan(inputs / 400);
  const file = join(await makeFolder(), 'copy.sqlite');
  await writeFile(file, (await live?.ledger.exportCopy()) ?? new Uint8Array());
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare(`SELECT count(*) AS requests, sum(prompt_tokens) AS promptTokens, sum(completion_tokens) AS completionTokens,
      CAST(sum(cost_nano_usd) AS TEXT) AS cost FROM token_usage`)
    .get();
  expect({ ...rows }).toEqual({
    requests: sums?.requests,
    promptTokens: sums?.promptTokens,
    completionTokens: sums?.completionTokens,
    cost: String(sums?.costNanoUsd),
  });
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  database.close();
});

/** Sends a request and reads the answer; one that goes on without end is read for a while. */
function send(url: string, agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = open({ hostname, port, method, path, headers: { ...headers }, agent }, (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      const finish = () => {
        clearTimeout(timer);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
      };
      const timer = setTimeout(() => {
        finish();
        sent.destroy();
      }, readMs);
      answer.on('data', chunk => chunks.push(chunk));
      answer.on('end', finish);
      answer.on('error', finish);
    });
    sent.setTimeout(20_000, () => sent.destroy(new Error(`${method} ${path} was not answered within 20 s`)));
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}
