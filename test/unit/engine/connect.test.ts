import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ask, bearer, makeFolder, sixMills, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const isTest = { 'x-spend-lens-test': '1' };
const claudeLogs = () => readFile(new URL('../../fixtures/wire/otlp/claude-code-otlp-logs.json', import.meta.url));

test('a test record is answered with what it would have been, and is in no total', async () => {
  const { url, token, engine } = await startEngine();
  const answer = await ask(url, '/v1/usage', {
    headers: { ...bearer(token), ...isTest },
    body: JSON.stringify(sixMills),
  });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    test: true,
    records: [
      expect.objectContaining({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500, cost_usd: 0.006 }),
    ],
    rejected: [],
  });
  const bad = await ask(url, '/v1/usage', { headers: { ...bearer(token), ...isTest }, body: '{"model":"gpt-4.1"}' });
  expect(bad.json.rejected).toHaveLength(1);
  expect(engine.ledgers()[0]?.ledger.count()).toBe(0);
  expect((await ask(url, '/v1/agents', { headers: bearer(token) })).json).toEqual({ agents: [] });
});

test("a test by an agent's telemetry goes all the way but into the ledger", async () => {
  const { url, token, engine } = await startEngine();
  const headers = { ...isTest, 'content-type': 'application/json' };
  const answer = await ask(url, `/t/${token}/v1/logs`, { headers, body: await claudeLogs() });
  expect(answer.json.test).toBe(true);
  expect(
    answer.json.records.map(({ agent, signal }: { agent: string; signal: string }) => [agent, signal]),
  ).toContainEqual(['claude-code', 'otlp_log']);
  expect(engine.ledgers()[0]?.ledger.count()).toBe(0);
  const real = await ask(url, `/t/${token}/v1/logs`, {
    headers: { 'content-type': 'application/json' },
    body: await claudeLogs(),
  });
  expect(real.json).toEqual({});
  expect(engine.ledgers()[0]?.ledger.count()).toBeGreaterThan(0);
  expect((await ask(url, '/t/wrong/v1/logs', { headers, body: '{}' })).status).toBe(401);
});

test("a call is stored with its agent's plan of that time", async () => {
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ plans: { 'claude-code': 'subscription' } }));
  const { url, token, engine } = await startEngine({ settings });
  const post = (record: object) =>
    ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify({ ...sixMills, ...record }) });
  await post({ agent: 'claude-code', request_id: 'a' });
  await post({ agent: 'codex', request_id: 'b' });
  await post({ request_id: 'c' });
  const ledger = engine.ledgers()[0]?.ledger;
  const planOf = (id: string) => ledger?.findByIds([id])[0]?.record.plan;
  expect(['a', 'b', 'c'].map(planOf)).toEqual(['subscription', null, null]);
});

test('agents are told with when they were last heard of, over all ledgers', async () => {
  const { admin, storage, url, openWindow } = await startWindowMode();
  const workspace = { storage: join(storage, 'ws'), name: 'demo', folders: [] };
  const plans = { codex: 'subscription' };
  const { answer } = await openWindow('one', { workspace, settings: { plans } });
  expect(answer.machine_token).not.toBe(answer.token);
  const post = (token: string, record: object) =>
    ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify({ ...sixMills, ...record }) });
  await post(answer.token, { agent: 'codex', timestamp: '2026-11-20T10:00:00Z' });
  await post(answer.machine_token, { agent: 'codex', timestamp: '2026-11-21T10:00:00Z', request_id: 'machine' });
  await post(answer.machine_token, { agent: 'claude-code', timestamp: '2026-11-19T10:00:01.500Z' });
  expect((await admin.agents()).agents).toEqual([
    { agent: 'claude-code', last_record: '2026-11-19T10:00:01.500Z' },
    { agent: 'codex', last_record: '2026-11-21T10:00:00.000Z' },
  ]);
  // The plans are the user's, so they hold for the machine's ledger too.
  const own = await ask(url, '/v1/agents', { headers: bearer(answer.token) });
  expect(own.json.agents).toEqual([{ agent: 'codex', last_record: '2026-11-20T10:00:00.000Z' }]);
});
