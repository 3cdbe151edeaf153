/**
 * What the published agents sent and wrote when `npm run test:agents -- --record` ran them, without its content: the ledger holds one row
 * per call, with exactly what the provider had told them.
 */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { claudeCode } from '../../agents/agents/claudeCode.ts';
import { codex } from '../../agents/agents/codex.ts';
import { copilotCli } from '../../agents/agents/copilotCli.ts';
import { geminiCli } from '../../agents/agents/geminiCli.ts';
import { openCode } from '../../agents/agents/openCode.ts';
import type { ReportedCall } from '../../agents/provider/reportedCall.ts';
import type { RealAgent, Way } from '../../agents/realAgent.ts';
import { expectRows, readRows, type StoredRow } from '../../agents/rows.ts';
import { ask, bearer, makeFolder, startEngine } from './startEngine.ts';

const agents: readonly RealAgent[] = [claudeCode, codex, geminiCli, copilotCli, openCode];
const fixtures = join(import.meta.dirname, '../../fixtures/agents');

/** The ledger's rows once the engine has left. */
async function rowsOf(fill: (url: string, token: string) => Promise<void>): Promise<StoredRow[]> {
  const { engine, url, token, storage } = await startEngine();
  await fill(url, token);
  engine.stop('test');
  await engine.left;
  return readRows(storage);
}

/** The rows are those of the calls that this way tells of, in full. */
function expectCalls(rows: readonly StoredRow[], agent: RealAgent, way: Way): void {
  const calls: ReportedCall[] = JSON.parse(readFileSync(join(fixtures, agent.name, `${way}-calls.json`), 'utf8'));
  const { has = () => true, isPartial = false } = agent.told[way];
  const expected = expectRows(calls.filter(has), agent.told[way]);
  const told = expected.filter(({ input }) => !isPartial || rows.some(row => row.input === input));
  expect(calls.length).toBeGreaterThanOrEqual(agent.leastCalls);
  expect(told.length).toBeGreaterThan(0);
  expect(rows).toMatchObject(told);
  expect(rows).toHaveLength(told.length);
  const signal = way === 'telemetry' ? agent.telemetrySignal : way;
  expect(new Set(rows.map(row => [row.agent, row.signal].join()))).toEqual(new Set([`${agent.name},${signal}`]));
  expect(rows.every(({ session, cost }) => session !== null && cost !== null)).toBe(true);
}

async function send(agent: { readonly name: string }, url: string, token: string): Promise<void> {
  const lines = readFileSync(join(fixtures, agent.name, 'telemetry.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  for (const line of lines) {
    const { path, body } = JSON.parse(line);
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    const answer = await ask(url, path, { headers, body: JSON.stringify(body) });
    expect([answer.status, answer.json]).toEqual([200, {}]);
  }
}

/** A home folder with what the agent had left there. */
async function makeHome(agent: RealAgent): Promise<string> {
  const home = await makeFolder();
  cpSync(join(fixtures, agent.name, 'home'), home, { recursive: true });
  const rows = join(home, '.local/share/opencode/opencode.db.jsonl');
  if (existsSync(rows)) {
    const database = new DatabaseSync(rows.replace('.jsonl', ''));
    database.exec('CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created, time_updated, data TEXT)');
    const insert = database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)');
    for (const line of readFileSync(rows, 'utf8').trimEnd().split('\n')) {
      const { id, session_id, time_created, time_updated, data } = JSON.parse(line);
      insert.run(id, session_id, time_created, time_updated, JSON.stringify(data));
    }
    database.close();
  }
  return home;
}

async function importHome(agent: RealAgent, home: string, url: string, token: string): Promise<string> {
  const body = JSON.stringify({ agents: [agent.name], home });
  const answer = await ask(url, '/v1/import', { headers: bearer(token), body });
  return answer.text;
}

describe.each(agents)('$name as it was recorded', agent => {
  test('its telemetry gives one row per call', async () => {
    expectCalls(await rowsOf((url, token) => send(agent, url, token)), agent, 'telemetry');
  });

  test('its telemetry sent twice gives the same rows', async () => {
    const rows = await rowsOf(async (url, token) => {
      await send(agent, url, token);
      await send(agent, url, token);
    });
    expectCalls(rows, agent, 'telemetry');
  });

  test('its transcripts give one row per call', async () => {
    const home = await makeHome(agent);
    const rows = await rowsOf(async (url, token) => {
      expect(await importHome(agent, home, url, token)).toContain('"skipped":0');
    });
    expectCalls(rows, agent, 'transcript');
  });

  test('its transcripts give the same when they are there twice, and when they are gone', async () => {
    const home = await makeHome(agent);
    const rows = await rowsOf(async (url, token) => {
      await importHome(agent, home, url, token);
      const copy = await makeHome(agent);
      await importHome(agent, copy, url, token);
      rmSync(home, { recursive: true });
      expect(await importHome(agent, home, url, token)).toContain('"type":"done"');
    });
    expectCalls(rows, agent, 'transcript');
  });

  test('nothing of what was said is in them', () => {
    for (const file of ['telemetry.jsonl', 'telemetry-calls.json', 'transcript-calls.json']) {
      const text = readFileSync(join(fixtures, agent.name, file), 'utf8');
      expect(text).not.toMatch(/Say one|One\.|echo one|\/tmp\/|sl-agents|sk-/);
    }
  });
});

/** Taken from the window of `test/e2e/copilotChat.test.ts`, with a key of one's own. It does not tell what was written to the cache. */
test('copilot-chat as it was recorded: its telemetry gives one row per call', async () => {
  const agent = { name: 'copilot-chat' };
  const rows = await rowsOf(async (url, token) => {
    await send(agent, url, token);
    await send(agent, url, token);
  });
  expect(rows).toMatchObject([
    {
      model: 'gpt-5.5',
      // 25,447 prompt tokens, 20,110 of them from the cache; 4,330 that were written are told as plain input.
      ...{ input: 5337, cacheRead: 20_110, cacheWrite: 0, output: 519, reasoning: 63 },
      ...{ agent: 'copilot-chat', signal: 'otlp_span', session: '013a0d0f-f127-48a5-89d3-b7d6ae704c5c' },
    },
  ]);
});
