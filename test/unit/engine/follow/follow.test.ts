import { appendFile, mkdir, readFile, rename, rm, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { claudeLine, codexLines, session, write } from '../import/makeHome.ts';
import { ask, bearer, makeFolder, startEngine } from '../startEngine.ts';

const claudeFile = `.claude/projects/-home-dev-demo/${session}.jsonl`;

/** An engine that follows these agents below a home of its own. */
async function follow(watch: Record<string, boolean>, home?: string) {
  const folder = home ?? (await makeFolder());
  vi.stubEnv('HOME', folder);
  vi.stubEnv('USERPROFILE', folder);
  const settings = join(await makeFolder(), 'settings.json');
  await writeFile(settings, JSON.stringify({ transcripts: { watch }, timeZone: 'UTC' }));
  const started = await startEngine({ settings });
  vi.unstubAllEnvs();
  const total = async () => {
    const path = '/v1/summary?from=2026-11-01&to=2027-12-31';
    const { json } = await ask(started.url, path, { headers: bearer(started.token) });
    return json.total as { requests: number; completion_tokens: number };
  };
  return {
    ...started,
    home: folder,
    settings,
    total,
    /** Waits until so many calls count; gives how long that took, ms. */
    waitFor: async (requests: number, timeout = 15_000) => {
      const from = performance.now();
      await expect.poll(async () => (await total()).requests, { timeout, interval: 10 }).toBe(requests);
      return performance.now() - from;
    },
  };
}

/** Time for a follower to have noticed something that must not count. */
const pause = (ms = 600) => new Promise(resolve => setTimeout(resolve, ms));

describe('a followed agent', () => {
  it('counts within a second of a complete line', async () => {
    const home = await makeFolder();
    const file = await write(home, claudeFile, claudeLine('a', 5));
    const { waitFor, total } = await follow({ 'claude-code': true }, home);
    await waitFor(1);
    const times: number[] = [];
    for (let count = 2; count < 8; count += 1) {
      await appendFile(file, claudeLine(`n${count}`, 5));
      times.push(await waitFor(count));
    }
    const slowest = Math.max(...times);
    console.log(`a line counts after ${Math.round(slowest)} ms at most`);
    expect(slowest).toBeLessThan(5000);

    // Half a line is none; its end makes it one.
    const line = claudeLine('half', 100);
    await appendFile(file, line.slice(0, 80));
    await pause();
    expect((await total()).requests).toBe(7);
    await appendFile(file, line.slice(80));
    await waitFor(8);
  });

  it('is found when its folder, a sub-folder or a file is new', async () => {
    const { home, waitFor } = await follow({ 'claude-code': true, codex: true, 'gemini-cli': true });
    await pause(200);
    const file = await write(home, claudeFile, claudeLine('a', 5));
    await waitFor(1);
    await write(home, `${dirname(claudeFile)}/another.jsonl`, claudeLine('b', 5));
    await waitFor(2);
    const folder = file.replace(/\.jsonl$/, '');
    await write(folder, 'subagents/agent-1.jsonl', claudeLine('c', 5, { isSidechain: true, agentId: '1' }));
    await waitFor(3);
    await write(home, '.codex/sessions/2026/11/22/rollout-1.jsonl', codexLines('t1', [50]));
    await waitFor(4);
    await write(home, '.codex/sessions/2026/11/23/rollout-2.jsonl', codexLines('t2', [60]));
    await waitFor(5);
    const message = { type: 'gemini', id: 'm1', timestamp: '2026-11-21T22:26:44.000Z', model: 'gemini-2.5-pro' };
    const chat = { ...message, tokens: { input: 10, output: 5, cached: 0, thoughts: 1, tool: 0, total: 16 } };
    await mkdir(join(home, '.gemini/tmp/demo'), { recursive: true });
    await pause(300);
    await write(home, '.gemini/tmp/demo/chats/session-1.jsonl', `${JSON.stringify(chat)}\n`);
    await waitFor(6);
  });

  it('adds and loses nothing when a file is compressed, archived, cut, replaced or deleted', async () => {
    const home = await makeFolder();
    const rollout = await write(home, '.codex/sessions/2026/11/22/rollout-1.jsonl', codexLines('t1', [50, 60]));
    const claude = await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 6));
    const { waitFor, total } = await follow({ 'claude-code': true, codex: true }, home);
    await waitFor(4);
    const before = await total();

    await write(home, '.codex/archived_sessions/rollout-1.jsonl', await readFile(rollout));
    await write(dirname(rollout), 'rollout-1.jsonl.zst', zstdCompressSync(await readFile(rollout)));
    await unlink(rollout);
    await truncate(claude, 0);
    await appendFile(claude, claudeLine('a', 5));
    await pause();
    expect(await total()).toEqual(before);

    // Another file in its place, with one call that is new.
    await write(home, 'new.jsonl', claudeLine('b', 6) + claudeLine('c', 7));
    await rename(join(home, 'new.jsonl'), claude);
    await waitFor(5);
    await rm(join(home, '.claude'), { recursive: true });
    await pause();
    expect((await total()).requests).toBe(5);

    // The agent starts anew, where nothing was left.
    await write(home, claudeFile, claudeLine('d', 8));
    await waitFor(6);
  });

  it('counts what OpenCode puts into its write-ahead log', async () => {
    const home = await makeFolder();
    const path = join(home, '.local/share/opencode/opencode.db');
    await mkdir(dirname(path), { recursive: true });
    const database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0');
    database.exec(
      'CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)',
    );
    const insert = database.prepare('INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)');
    const put = (id: string, output: number) => {
      const tokens = { input: 10, output, reasoning: 0, cache: { read: 0, write: 0 } };
      const data = {
        role: 'assistant',
        tokens,
        modelID: 'gpt-5.5',
        providerID: 'openai',
        time: { created: Date.now() },
      };
      insert.run(id, 'ses_1', Date.now(), Date.now(), JSON.stringify(data));
    };
    put('msg_1', 5);
    const { waitFor, total } = await follow({ opencode: true }, home);
    await waitFor(1);
    // Counts are 0 until the answer is complete.
    put('msg_2', 0);
    put('msg_2', 7);
    const ms = await waitFor(2);
    console.log(`a row of OpenCode counts after ${Math.round(ms)} ms`);
    await expect.poll(async () => (await total()).completion_tokens, { timeout: 15_000 }).toBe(12);
    database.close();
  });

  it('is left alone when the setting says so, and taken up when it changes', async () => {
    const home = await makeFolder();
    const file = await write(home, claudeFile, claudeLine('a', 5));
    await write(home, '.codex/sessions/2026/11/22/rollout-1.jsonl', codexLines('t1', [50]));
    const { waitFor, total, settings } = await follow({ codex: true, 'claude-code': false }, home);
    await waitFor(1);
    await writeFile(settings, JSON.stringify({ transcripts: { watch: { 'claude-code': true } }, timeZone: 'UTC' }));
    await waitFor(2);
    await appendFile(join(home, '.codex/sessions/2026/11/22/rollout-1.jsonl'), codexLines('t1', [50, 70]));
    await appendFile(file, claudeLine('b', 5));
    await waitFor(3);
    await pause();
    expect((await total()).requests).toBe(3);
  });

  it('has its cursor stored when the engine leaves', async () => {
    const home = await makeFolder();
    const file = await write(home, claudeFile, claudeLine('a', 5));
    const first = await follow({ 'claude-code': true }, home);
    await first.waitFor(1);
    await appendFile(file, claudeLine('b', 5));
    await first.waitFor(2);
    first.engine.stop('test');
    await first.engine.left;
    const cursors = JSON.parse(await readFile(join(first.storage, 'import-cursors.json'), 'utf8'));
    const { size } = cursors.files[file];
    expect(size).toBe(Buffer.byteLength(claudeLine('a', 5) + claudeLine('b', 5)));
  });

  it('costs next to nothing while it does nothing', async () => {
    const home = await makeFolder();
    for (let index = 0; index < 300; index += 1) {
      const file = await write(home, `.claude/projects/-p${index % 50}/s${index}.jsonl`, claudeLine(`n${index}`, 5));
      await utimes(file, 1_700_000_000, 1_700_000_000);
    }
    const { waitFor } = await follow({ 'claude-code': true }, home);
    await waitFor(300, 20_000);
    await pause(300);
    const before = process.cpuUsage();
    await pause(2000);
    const { user, system } = process.cpuUsage(before);
    const share = (user + system) / 2_000_000;
    console.log(`idle with 300 transcripts: ${(100 * share).toFixed(1)} % of a core`);
    expect(share).toBeLessThan(0.25);
  });
});
