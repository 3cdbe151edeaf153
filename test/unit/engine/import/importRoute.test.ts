import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClient } from '../../../../src/api/client.ts';
import type { FoundTranscripts, ImportEvent } from '../../../../src/api/contract.ts';
import { transcriptAgents } from '../../../../src/capture/transcripts/transcript.ts';
import { runImportCommand } from '../../../../src/engine/import/importCommand.ts';
import { createLog } from '../../../../src/engine/lifecycle/log.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { claudeLine, codexLines, session, write } from './makeHome.ts';

const claudeFile = `.claude/projects/-home-dev-demo/${session}.jsonl`;

async function makeHome(): Promise<string> {
  const home = await makeFolder();
  await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 6));
  await write(home, '.codex/sessions/2026/11/21/rollout-1.jsonl', codexLines('t1', [5, 6, 7]));
  return home;
}

const eventsOf = (text: string): ImportEvent[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

describe('/v1/import', () => {
  it('tells what is there, imports it, and tells what is new then', async () => {
    const home = await makeHome();
    const { url, token } = await startEngine();
    const headers = bearer(token);
    const find = async () => {
      const { json } = await ask(url, `/v1/import?home=${encodeURIComponent(home)}`, { headers });
      return (json as FoundTranscripts).folders.map(({ agent, files, changed_files }) => [agent, files, changed_files]);
    };
    expect(await find()).toEqual([
      ['claude-code', 1, 1],
      ['codex', 1, 1],
    ]);
    const answer = await ask(url, '/v1/import', { headers, body: JSON.stringify({ home, agents: ['codex'] }) });
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const events = eventsOf(answer.text);
    expect(events[0]).toMatchObject({ type: 'found', folders: [{ agent: 'codex', files: 1 }] });
    expect(events.at(-1)).toEqual({ type: 'done', files: 1, records: 3, new: 3, duplicates: 0, skipped: 0 });
    expect(await find()).toEqual([
      ['claude-code', 1, 1],
      ['codex', 1, 0],
    ]);
    const summary = await ask(url, '/v1/summary?from=2026-11-01&group_by=agent', { headers });
    expect(summary.json.groups).toMatchObject([{ key: { agent: 'codex' }, requests: 3 }]);
  });

  it('is reached with the windows’ client, which can cancel', async () => {
    const codexHome = join(await makeHome(), '.codex');
    const before = process.env.CODEX_HOME;
    process.env.CODEX_HOME = codexHome;
    onTestFinished(() => {
      process.env.CODEX_HOME = before ?? '';
    });
    const client = createClient(await startEngine());
    expect((await client.findTranscripts(['codex'])).folders).toMatchObject([{ agent: 'codex', changed_files: 1 }]);
    const events: ImportEvent[] = [];
    for await (const event of client.importHistory(['codex'], new AbortController().signal)) {
      events.push(event);
    }
    expect(events.map(({ type }) => type)).toEqual(['found', 'progress', 'done']);
    const aborted = AbortSignal.abort(new Error('no'));
    await expect(client.importHistory(undefined, aborted)[Symbol.asyncIterator]().next()).rejects.toThrow('no');
  });

  it('stops when who asked hangs up, and is free for the next', async () => {
    const home = await makeFolder();
    const filler = `${JSON.stringify({ type: 'user', text: 'x'.repeat(1_000_000) })}\n`;
    const lines = Array.from({ length: 40 }, (_, index) => filler + claudeLine(`n${index}`, index + 1));
    await write(home, claudeFile, lines.join(''));
    const { url, token } = await startEngine();
    const headers = bearer(token);
    const body = JSON.stringify({ home });
    const cancelling = new AbortController();
    const response = await fetch(`${url}/v1/import`, { method: 'POST', headers, body, signal: cancelling.signal });
    await response.body?.getReader().read();
    expect((await ask(url, '/v1/import', { headers, body })).status).toBe(409);
    cancelling.abort();
    await expect
      .poll(async () => (await ask(url, '/v1/import', { headers, body })).status, { timeout: 5000 })
      .toBe(200);
    const { json } = await ask(url, '/v1/summary?from=2026-11-01', { headers });
    expect(json.total.requests).toBe(40);
  });

  it('refuses what it does not know', async () => {
    const { url, token } = await startEngine();
    const post = (body: string) => ask(url, '/v1/import', { headers: bearer(token), body });
    for (const [body, field] of [
      ['{', 'body'],
      ['{"agents":["nobody"]}', 'agents.0'],
      ['{"agents":[]}', 'agents'],
      ['{"home":5}', 'home'],
    ] as const) {
      expect(await post(body)).toMatchObject({ status: 400, json: { field } });
    }
    expect((await ask(url, '/v1/import', { body: '{}' })).status).toBe(401);
  });

  it('joins with what telemetry and responses told of the same calls', async () => {
    const home = await makeHome();
    const { url, token } = await startEngine();
    const headers = bearer(token);
    const flat = { model: 'claude-opus-5-5', request_id: 'req_a', input_tokens: 10, output_tokens: 5 };
    await ask(url, '/v1/usage', { headers, body: JSON.stringify({ ...flat, cache_read_tokens: 100 }) });
    const answer = await ask(url, '/v1/import', { headers, body: JSON.stringify({ home }) });
    expect(eventsOf(answer.text).at(-1)).toMatchObject({ records: 5, new: 4, duplicates: 1 });
  });
});

/** A transcript of today that costs more than any budget. */
async function makeDearHome(at = Date.now()): Promise<string> {
  const home = await makeFolder();
  const line = JSON.parse(claudeLine('dear', 5));
  line.timestamp = new Date(at).toISOString();
  line.message.usage.output_tokens = 10_000_000;
  await write(home, claudeFile, `${JSON.stringify(line)}\n`);
  return home;
}

const isNoted = (log: readonly string[]) => log.some(line => line.includes('Daily budget'));

describe('imported history and budgets', () => {
  it('notifies nobody, neither then nor at the next call or start', async () => {
    const home = await makeDearHome();
    const { url, token, log, engine, storage } = await startEngine();
    const headers = bearer(token);
    await ask(url, '/v1/import', { headers, body: JSON.stringify({ home }) });
    const { json } = await ask(url, '/v1/usage', { headers, body: JSON.stringify(sixMills) });
    expect(json.budget.state).toBe('exceeded');
    expect(isNoted(log)).toBe(false);
    engine.stop('test');
    await engine.left;
    expect(isNoted((await startEngine({ storage })).log)).toBe(false);
  });

  it('of the command line neither', async () => {
    const home = await makeDearHome();
    const storage = await makeFolder();
    const command = { storage, home, agents: transcriptAgents };
    const summary = await runImportCommand(command, createLog({ file: null }), {}, new AbortController().signal);
    expect(summary).toMatchObject({ new: 1 });
    const { url, token, log } = await startEngine({ storage });
    await ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(sixMills) });
    expect(isNoted(log)).toBe(false);
  });

  it('of the command line neither for weeks and months that are under way', async () => {
    const home = await makeDearHome(Date.now() - 20 * 86_400_000);
    const storage = await makeFolder();
    const settings = join(await makeFolder(), 'settings.json');
    await writeFile(settings, JSON.stringify({ budgets: [{ name: 'month', limitUsd: 1, period: 'month' }] }));
    const command = { storage, home, agents: transcriptAgents };
    await runImportCommand(command, createLog({ file: null }), {}, new AbortController().signal);
    const { log } = await startEngine({ storage, settings });
    expect(log.filter(line => line.includes('crossed'))).toEqual([]);
  });

  it('leaves the notices of what is spent live', async () => {
    const home = await makeHome();
    const { url, token, log } = await startEngine();
    await ask(url, '/v1/import', { headers: bearer(token), body: JSON.stringify({ home }) });
    const dear = { model: 'gpt-4.1', input_tokens: 0, output_tokens: 1_000_000 };
    await ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(dear) });
    expect(isNoted(log)).toBe(true);
  });
});

describe('the command, while an engine owns the folder', () => {
  it('imports through it', async () => {
    const home = await makeHome();
    const { storage, url, token } = await startEngine();
    const lines: string[] = [];
    const log = (level: string, message: string) => lines.push(`${level} ${message}`);
    const command = { storage, home, agents: transcriptAgents };
    const summary = await runImportCommand(command, log, {}, new AbortController().signal);
    expect(summary).toEqual({ files: 2, records: 5, new: 5, duplicates: 0, skipped: 0 });
    expect(lines.join()).toContain('goes through it');
    const { json } = await ask(url, '/v1/summary?from=2026-11-01', { headers: bearer(token) });
    expect(json.total.requests).toBe(5);
  });

  it('gives up when it has no token for it', async () => {
    const { storage } = await startEngine({ token: 'another' });
    const command = { storage: join(storage), home: await makeHome(), agents: transcriptAgents };
    const importing = runImportCommand(command, () => {}, { SPEND_LENS_TOKEN: 'wrong' }, new AbortController().signal);
    await expect(importing).rejects.toMatchObject({ name: 'FolderHeldError' });
  });
});

describe('the windows’ engine', () => {
  const workspace = (storage: string, folders: string[]) => ({
    workspace: { storage, name: 'demo', folders },
    settings: { budget: { daily: 5 } },
  });

  it('sorts calls into the workspaces they were made in, the rest to the machine', async () => {
    const home = await makeHome();
    await write(home, '.claude/projects/-tmp/other.jsonl', claudeLine('c', 7, { cwd: '/home/dev/demonstration' }));
    const mode = await startWindowMode();
    const [outer, inner] = [await makeFolder(), await makeFolder()];
    await mode.openWindow('w1', workspace(outer, ['/home/dev']));
    const { answer } = await mode.openWindow('w2', workspace(inner, ['/home/dev/demo/']));
    const body = JSON.stringify({ home });
    await ask(mode.url, '/v1/import', { headers: bearer(answer.token), body });
    const count = async (query: string) => {
      const path = `/v1/summary?from=2026-11-01${query}`;
      return (await ask(mode.url, path, { headers: bearer(mode.adminToken) })).json.total.requests;
    };
    expect([await count('&window=w1'), await count('&window=w2'), await count('')]).toEqual([1, 5, 0]);
  });

  it('lets the command line import into a workspace’s folder', async () => {
    const home = await makeHome();
    const mode = await startWindowMode();
    const { answer } = await mode.openWindow('w1', workspace(await makeFolder(), ['/home/dev/demo']));
    const command = { storage: answer.storage, home, agents: transcriptAgents };
    const summary = await runImportCommand(command, () => {}, {}, new AbortController().signal);
    expect(summary).toMatchObject({ new: 5 });
  });

  it('asks no window to show a notice for what was imported', async () => {
    const home = await makeDearHome();
    const mode = await startWindowMode();
    const { reader } = await mode.openWindow('w1', workspace(await makeFolder(), ['/home/dev/demo']));
    await ask(mode.url, '/v1/import?window=w1', { headers: bearer(mode.adminToken), body: JSON.stringify({ home }) });
    await reader.waitUntil('totals', ({ today }) => today.requests === 1);
    expect(reader.all('notice')).toEqual([]);
  });
});
