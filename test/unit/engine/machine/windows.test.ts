import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, bearer, makeFolder, sixMills, startEngine } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const workspace = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings: {} });
const post = (url: string, token: string, body: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });

describe('machine-wide sums in windows', () => {
  it('come with the totals of every window and by scope=machine, over restarts and closed workspaces', async () => {
    const [a, b] = [await makeFolder(), await makeFolder()];
    const first = await startWindowMode();
    const [one, two] = [await first.openWindow('a', workspace(a)), await first.openWindow('b', workspace(b))];
    await post(first.url, one.answer.token, [{ ...sixMills, request_id: 'same' }, sixMills]);
    await post(first.url, two.answer.token, { ...sixMills, request_id: 'same', task_type: 'review' });
    await post(first.url, first.adminToken, sixMills);
    for (const { reader } of [one, two]) {
      await reader.waitUntil('totals', ({ machine }) => machine?.today.requests === 3);
      expect(reader.all('totals').at(-1)?.machine?.month).toMatchObject({ requests: 3, cost_usd: 0.018 });
    }
    expect(two.reader.all('totals').at(-1)?.today.requests).toBe(1);
    expect(JSON.parse(await readFile(join(first.storage, 'ledgers.json'), 'utf8')).folders).toHaveLength(3);
    first.engine.stop('test');
    await first.engine.left;

    // Only the second workspace is open now.
    const second = await startWindowMode({ storage: first.storage });
    const again = await second.openWindow('b', workspace(b));
    await again.reader.waitUntil('totals', ({ machine }) => machine?.today.requests === 3);
    const read = async (query: string, token = second.adminToken) =>
      ask(second.url, `/v1/summary?${query}`, { headers: bearer(token) });
    for (const period of ['today', 'week', 'month', '7d', '30d']) {
      expect((await read(`scope=machine&period=${period}`)).json.total, period).toMatchObject({
        requests: 3,
        cost_usd: 0.018,
      });
    }
    expect((await read('scope=machine&from=2020-01-01')).json.total.requests).toBe(3);
    const { groups } = (await read('scope=machine&group_by=task_type,model')).json;
    expect(groups.reduce((sum: number, group: { requests: number }) => sum + group.requests, 0)).toBe(3);
    expect((await read('')).json.total.requests).toBe(1);
    expect((await read('scope=ledger&window=b')).json.total.requests).toBe(1);
    // A window that opens the workspace finds it free and whole.
    const back = await second.openWindow('a', workspace(a));
    expect(back.reader.all('totals').at(-1)?.today.requests).toBe(2);
    await post(second.url, back.answer.token, sixMills);
    await again.reader.waitUntil('totals', ({ machine }) => machine?.today.requests === 4);

    expect((await read('scope=machine', again.answer.token)).json).toMatchObject({ status: 403, field: 'scope' });
    expect((await read('scope=world')).json).toMatchObject({ status: 400, field: 'scope' });
    expect(second.log.filter(line => /^(warn|error)/.test(line))).toEqual([]);
  });

  it('do not stop a window that opens a workspace while it is looked into', async () => {
    const folders = await Promise.all(Array.from({ length: 6 }, makeFolder));
    const first = await startWindowMode();
    for (const [index, folder] of folders.entries()) {
      const { answer } = await first.openWindow(`w${index}`, workspace(folder));
      await post(first.url, answer.token, sixMills);
    }
    first.engine.stop('test');
    await first.engine.left;
    const second = await startWindowMode({ storage: first.storage });
    const windows = await Promise.all(
      folders.map((folder, index) => second.openWindow(`w${index}`, workspace(folder))),
    );
    await Promise.all(
      windows.map(({ reader }) => reader.waitUntil('totals', ({ machine }) => machine?.today.requests === 6)),
    );
    expect(second.log.filter(line => /^(warn|error)/.test(line))).toEqual([]);
  });

  it('are those of the one ledger in an engine that runs alone', async () => {
    const { url, token } = await startEngine();
    await post(url, token, sixMills);
    const answer = await ask(url, '/v1/summary?scope=machine', { headers: bearer(token) });
    expect(answer.json.total.requests).toBe(1);
  });
});
