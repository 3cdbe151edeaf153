import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import { addDays, dayOf, startOfDay } from '../../../src/core/time/calendar.ts';
import { readEvents } from './readEvents.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

type Place = { readonly url: string; readonly token: string };

const today = dayOf(Date.now(), 'UTC');
const noonOf = (daysAgo: number) => new Date(startOfDay(addDays(today, -daysAgo), 'UTC') + 43_200_000).toISOString();
const settings = { timeZone: 'UTC', budget: { daily: 0.01, thresholds: [100] } };

const call = ({ url, token }: Place, path: string, body: unknown) =>
  ask(url, path, { headers: bearer(token), body: JSON.stringify(body) });
const remove = (at: Place, body: unknown) => call(at, '/v1/delete', body);
const total = async ({ url, token }: Place) =>
  (await ask(url, '/v1/summary?from=2000-01-01', { headers: bearer(token) })).json.total;

/** An engine for windows with one open window, and ten calls of ten days and two sessions in its ledger. */
async function start() {
  const mode = await startWindowMode();
  const workspace = { storage: await makeFolder(), name: 'shop', folders: [] };
  const { answer, reader } = await mode.openWindow('w1', { workspace, settings });
  const records = Array.from({ length: 10 }, (_, day) => ({
    ...sixMills,
    request_id: `r${day}`,
    session_id: `s${day % 2}`,
    timestamp: day === 0 ? undefined : noonOf(day),
  }));
  await call(answer, '/v1/usage', records);
  return { mode, answer, reader, records };
}

describe('POST /v1/delete', () => {
  it('says what would go, takes a range of days with its sums, and tells the windows', async () => {
    const { answer, reader } = await start();
    const range = { from: addDays(today, -3), to: today };
    const dry = await remove(answer, { ...range, dry_run: true });
    expect(dry.json).toEqual({
      deleted: expect.objectContaining({ requests: 3, cost_usd: 0.018, prompt_tokens: 3000 }),
    });
    expect((await total(answer)).requests).toBe(10);
    expect(await remove(answer, range)).toMatchObject({ status: 200, json: dry.json });
    expect(await total(answer)).toMatchObject({ requests: 7, cost_usd: 0.042 });
    await remove(answer, { from: today, to: addDays(today, 1) });
    await reader.waitUntil('totals', ({ today: { requests }, budget }) => requests === 0 && budget.spent_usd === 0);
    expect((await remove(answer, range)).json.deleted).toMatchObject({ requests: 0, cost_usd: null });
  });

  it('takes a session, from the sums over all ledgers too', async () => {
    const { answer, mode } = await start();
    const { deleted } = (await remove(answer, { session_id: 's1' })).json;
    expect(deleted).toMatchObject({ requests: 5, cost_usd: 0.03 });
    const { json } = await ask(mode.url, '/v1/summary?scope=machine&from=2000-01-01&group_by=session_id', {
      headers: bearer(mode.adminToken),
    });
    expect(json.groups).toMatchObject([{ key: { session_id: 's0' }, requests: 5 }]);
    expect((await remove(answer, { session_id: 'nobody', dry_run: true })).json.deleted.requests).toBe(0);
  });

  it('lets what was deleted come again, but not its notice', async () => {
    const { answer, reader, records, mode } = await start();
    await call(answer, '/v1/usage', [sixMills, sixMills]);
    const [notice] = await reader.wait('notice');
    await mode.admin.answerNotice(notice?.id ?? '', 'shown');
    await remove(answer, { from: '1970-01-01', to: '9999-12-31' });
    expect((await total(answer)).requests).toBe(0);
    expect((await call(answer, '/v1/usage', records)).json).toMatchObject({ accepted: 10, duplicates: 0 });
    await call(answer, '/v1/usage', [sixMills, sixMills]);
    await reader.waitUntil('totals', ({ budget: { state } }) => state === 'exceeded');
    expect(reader.all('notice')).toHaveLength(1);
  });

  it('takes very many calls in parts, to the last and no further', async () => {
    const engine = await startEngine();
    const at = Date.parse('2026-03-01T00:00:00Z');
    const many = (count: number, from: number, stepMs: number) =>
      Array.from({ length: count }, (_, i) => ({ ...sixMills, timestamp: from + i * stepMs }));
    await call(engine, '/v1/usage', many(25_000, at, 1_000));
    await call(engine, '/v1/usage', [...many(1, at - 1, 0), ...many(1, at + 25_000_000, 0)]);
    const range = { from: new Date(at).toISOString(), to: new Date(at + 25_000_000).toISOString() };
    expect((await remove(engine, range)).json.deleted).toMatchObject({ requests: 25_000, cost_usd: 150 });
    expect((await total(engine)).requests).toBe(2);
  });

  it('of a session that retention has cut, takes the calls that are there and says so', async () => {
    const mode = await startWindowMode();
    const workspace = { storage: await makeFolder(), name: 'shop', folders: [] };
    const { answer } = await mode.openWindow('w1', { workspace, settings });
    const at = (day: number) => ({ ...sixMills, session_id: 's', timestamp: noonOf(day) });
    await call(answer, '/v1/usage', [at(1), at(2), at(5)]);
    await mode.admin.registerWindow('w1', { workspace, settings: { ...settings, retention: { detailDays: 3 } } });
    const records = async () => (await ask(answer.url, '/v1/records', { headers: bearer(answer.token) })).json.records;
    await expect.poll(async () => (await records()).length).toBe(2);
    expect((await remove(answer, { session_id: 's' })).json.deleted.requests).toBe(2);
    expect((await total(answer)).requests).toBe(1);
    expect((await remove(answer, { from: '2000-01-01', to: today })).json.deleted.requests).toBe(1);
    expect((await total(answer)).requests).toBe(0);
  });

  it.for([
    ['nothing', {}, 'from'],
    ['no end', { from: '2026-01-01' }, 'to'],
    ['an end before its beginning', { from: '2026-01-02', to: '2026-01-01' }, 'to'],
    ['what is no date', { from: 'yesterday', to: '2026-01-01' }, 'from'],
    ['a misspelt dry_run', { session_id: 's1', dryrun: true }, 'dryrun'],
    ['a range and a session', { session_id: 's1', from: '2026-01-01', to: '2026-01-02' }, 'from'],
    ['an empty session', { session_id: '' }, 'session_id'],
    ['a number', 5, 'body'],
  ] as const)('refuses %s', async ([, body, field]) => {
    const engine = await startEngine();
    await call(engine, '/v1/usage', sixMills);
    expect(await remove(engine, body)).toMatchObject({ status: 400, json: { field } });
    expect((await total(engine)).requests).toBe(1);
  });

  it('takes from the ledger of the token only, or with the admin token from a window’s', async () => {
    const { answer, mode } = await start();
    const machine = { url: mode.url, token: mode.adminToken };
    expect((await remove(machine, { session_id: 's1' })).json.deleted.requests).toBe(0);
    const of = await call(machine, '/v1/delete?window=w1', { session_id: 's1', dry_run: true });
    expect(of.json.deleted.requests).toBe(5);
    expect((await remove({ ...answer, token: 'wrong' }, { session_id: 's1' })).status).toBe(401);
    const client = createClient(answer);
    expect(await client.deleteHistory({ session_id: 's1', dry_run: true })).toEqual(of.json);
    const reader = readEvents(answer.url, answer.token);
    await client.deleteHistory({ session_id: 's1' });
    await reader.waitUntil('totals', ({ last_record }) => last_record?.session_id === 's0');
  });
});
