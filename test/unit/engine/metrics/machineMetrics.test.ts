import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, bearer, makeFolder, sixMills } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { parseExposition, sumOf } from './exposition.ts';

const registration = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings: {} });

async function scrape(url: string, token: string) {
  const answer = await ask(url, '/metrics', { headers: bearer(token) });
  expect(answer.status).toBe(200);
  return parseExposition(answer.text);
}
const costOf = async (url: string, token: string) => sumOf(await scrape(url, token), 'spend_lens_cost_usd_total');

describe('GET /metrics of the engine for windows', () => {
  it('tells of all ledgers, each call once, also of workspaces that are closed', async () => {
    const storage = await makeFolder();
    const [a, b] = [await makeFolder(), await makeFolder()];
    const post = (url: string, token: string, ...records: object[]) =>
      ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(records) });
    const first = await startWindowMode({ storage });
    const { token: ofA } = await first.admin.registerWindow('a', registration(a));
    await post(first.url, ofA, { ...sixMills, request_id: 'both', latency_ms: 10 }, sixMills);
    first.engine.stop('restart');
    await first.engine.left;

    const second = await startWindowMode({ storage });
    const { token: ofB } = await second.admin.registerWindow('b', registration(b));
    await post(second.url, ofB, sixMills, { ...sixMills, request_id: 'both', latency_ms: 10 });
    // Workspace a is closed now; one call is in both.
    expect(await costOf(second.url, second.adminToken)).toBeCloseTo(0.018, 9);
    const samples = await scrape(second.url, second.adminToken);
    expect(sumOf(samples, 'spend_lens_request_duration_seconds_count')).toBe(1);
    // A token of one ledger sees that one.
    expect(await costOf(second.url, ofB)).toBeCloseTo(0.012, 9);
    await post(second.url, ofB, sixMills);
    expect(await costOf(second.url, second.adminToken)).toBeCloseTo(0.024, 9);
    await second.admin.registerWindow('a', registration(a));
    expect(await costOf(second.url, second.adminToken)).toBeCloseTo(0.024, 9);
    await post(second.url, ofA, { ...sixMills, request_id: 'both' }, sixMills);
    expect(await costOf(second.url, second.adminToken)).toBeCloseTo(0.03, 9);
  });

  it('has a token of its own that reads metrics and nothing else, and outlasts the engine', async () => {
    const { url, storage, adminToken } = await startWindowMode();
    const file = join(storage, 'metrics-token');
    const token = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await costOf(url, token)).toBe(await costOf(url, adminToken));
    for (const path of ['/v1/summary', '/v1/records', '/v1/events', '/v1/diagnostics', '/v1/database', '/v1/import']) {
      expect((await ask(url, path, { headers: bearer(token) })).status).toBe(403);
    }
    for (const path of ['/v1/usage', '/v1/logs', '/', '/v1/shutdown', '/v1/delete', '/gateway/openai/v1/models']) {
      expect((await ask(url, path, { method: 'POST', headers: bearer(token) })).status).toBe(403);
    }
  });
});
