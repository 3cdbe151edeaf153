import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claudeLine, session, write } from '../import/makeHome.ts';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode, type WindowMode } from '../startWindowMode.ts';

const claudeFile = `.claude/projects/-home-dev-demo/${session}.jsonl`;
/** A busy machine takes its time. */
const patience = { timeout: 15_000 };
const now = () => new Date().toISOString();

const workspace = (storage: string, settings: object, folders = ['/home/dev/demo']) => ({
  workspace: { storage, name: 'demo', folders },
  settings: { budget: { daily: 1 }, ...settings },
});

function start(home: string, storage?: string): Promise<WindowMode> {
  const env = { HOME: home, USERPROFILE: home, SPEND_LENS_FOLLOW_AFTER_MS: '0' };
  return startWindowMode({ env, ...(storage === undefined ? {} : { storage }) });
}

async function count(mode: WindowMode, query: string): Promise<number> {
  const path = `/v1/summary?from=2026-11-01&to=2027-12-31${query}`;
  return (await ask(mode.url, path, { headers: bearer(mode.adminToken) })).json.total.requests;
}

/** A line that costs 25 USD. */
const dear = (id: string, timestamp: string) => {
  const usage = { input_tokens: 10, output_tokens: 1_000_000, cache_read_input_tokens: 0 };
  const message = { id: `msg_${id}`, role: 'assistant', model: 'claude-opus-4-5', stop_reason: 'end_turn', usage };
  return claudeLine(id, 5, { timestamp, message });
};

describe('agents that the windows’ engine follows', () => {
  it('count in the workspace they work in, the rest in the machine’s ledger', async () => {
    const home = await makeFolder();
    const mode = await start(home);
    await mode.openWindow('w1', workspace(await makeFolder(), { transcripts: { watch: { 'claude-code': true } } }));
    await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 5, { cwd: '/elsewhere' }));
    await expect.poll(() => count(mode, '&window=w1'), patience).toBe(1);
    await expect.poll(() => count(mode, ''), patience).toBe(1);
  });

  it('notify of what was spent just now, and not of what was spent before', async () => {
    const home = await makeFolder();
    const mode = await start(home);
    const settings = { transcripts: { watch: { 'claude-code': true } } };
    const { reader } = await mode.openWindow('w1', workspace(await makeFolder(), settings));
    const earlier = new Date(Date.now() - 3_600_000).toISOString();
    const file = await write(home, claudeFile, dear('a', earlier));
    await expect.poll(() => count(mode, '&window=w1'), patience).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reader.all('notice')).toEqual([]);

    // History has passed the limit of the day: the next call has nothing to notify of.
    await appendFile(file, dear('b', now()));
    await expect.poll(() => count(mode, '&window=w1'), patience).toBe(2);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reader.all('notice')).toEqual([]);
  });

  it('notify when a live call crosses a threshold', async () => {
    const home = await makeFolder();
    const mode = await start(home);
    const settings = { transcripts: { watch: { 'claude-code': true } } };
    const { reader } = await mode.openWindow('w1', workspace(await makeFolder(), settings));
    await write(home, claudeFile, dear('a', now()));
    const notices = await reader.wait('notice', 1, 10_000);
    expect(notices).toHaveLength(1);
  });

  it('are followed from their first import on, also by the next engine, unless the setting says no', async () => {
    const home = await makeFolder();
    const file = await write(home, claudeFile, claudeLine('a', 5));
    const storage = await makeFolder();
    const first = await start(home, storage);
    const folder = await makeFolder();
    const { answer } = await first.openWindow('w1', workspace(folder, {}));
    await appendFile(file, claudeLine('b', 5));
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(await count(first, '&window=w1')).toBe(0);

    await ask(first.url, '/v1/import', { headers: bearer(answer.token), body: '{"agents":["claude-code"]}' });
    expect(await count(first, '&window=w1')).toBe(2);
    await appendFile(file, claudeLine('c', 5));
    await expect.poll(() => count(first, '&window=w1'), patience).toBe(3);
    first.engine.stop('test');
    await first.engine.left;

    // Written while no engine ran.
    await appendFile(file, claudeLine('d', 5));
    const second = await start(home, storage);
    await second.openWindow('w1', workspace(folder, {}));
    await expect.poll(() => count(second, '&window=w1'), patience).toBe(4);
    await second.openWindow('w1', workspace(folder, { transcripts: { watch: { 'claude-code': false } } }));
    await appendFile(file, claudeLine('e', 5));
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(await count(second, '&window=w1')).toBe(4);
  });

  it('are not followed because of an import from another home', async () => {
    const home = await makeFolder();
    const backup = await makeFolder();
    await write(backup, claudeFile, claudeLine('a', 5));
    const mode = await start(home);
    const { answer } = await mode.openWindow('w1', workspace(await makeFolder(), {}));
    await ask(mode.url, '/v1/import', { headers: bearer(answer.token), body: JSON.stringify({ home: backup }) });
    await write(home, claudeFile, claudeLine('b', 5));
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(await count(mode, '&window=w1')).toBe(1);
    await rm(join(home, '.claude'), { recursive: true });
  });
});
