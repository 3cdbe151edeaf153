import { existsSync } from 'node:fs';
import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEvents } from '../readEvents.ts';
import { ask, bearer, makeFolder, sixMills } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const hash = 'abcdef0123456789abcdef0123456789';
const workspace = (storage: string) => ({ storage, name: 'w', folders: [] });
const post = (url: string, token: string, body: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });

describe('the engine of the windows', () => {
  it('is found by engine.json, which only the user can read', async () => {
    const { storage, url, adminToken, engine } = await startWindowMode();
    const path = join(storage, 'engine.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      port: Number(new URL(url).port),
      token: adminToken,
      pid: process.pid,
      version: engine.version,
      url,
    });
    engine.stop('test');
    await engine.left;
    expect(existsSync(path)).toBe(false);
    expect(existsSync(join(storage, 'machine/usage.sqlite'))).toBe(true);
  });

  it('gives each workspace its own ledger and token, which reaches nothing else', async () => {
    const { url, adminToken, openWindow, storage } = await startWindowMode();
    const [a, b] = [await makeFolder(), await makeFolder()];
    const first = await openWindow('a', { workspace: workspace(a), settings: {} });
    const second = await openWindow('b', { workspace: workspace(b), settings: {} });
    const bare = await openWindow('c', { workspace: null, settings: {} });
    expect(new Set([first.answer.token, second.answer.token, bare.answer.token, adminToken]).size).toBe(4);
    expect(first.answer).toMatchObject({ url, storage: a });
    expect(bare.answer.storage).toBe(join(storage, 'machine'));
    expect((await readFile(join(a, 'token'), 'utf8')).trim()).toBe(first.answer.token);

    expect((await post(url, first.answer.token, sixMills)).json.accepted).toBe(1);
    await first.reader.wait('record');
    const requests = async (token: string, query = '') =>
      (await ask(url, `/v1/summary${query}`, { headers: bearer(token) })).json.total.requests;
    expect(await requests(first.answer.token)).toBe(1);
    expect(await requests(second.answer.token)).toBe(0);
    expect(await requests(bare.answer.token)).toBe(0);
    expect(await requests(adminToken)).toBe(0);
    expect(await requests(adminToken, '?window=a')).toBe(1);
    expect(second.reader.all('record')).toEqual([]);

    for (const [path, method] of [
      ['/v1/summary?window=a', 'GET'],
      ['/v1/events?window=a', 'GET'],
      ['/v1/shutdown', 'POST'],
      ['/v1/windows/x', 'PUT'],
      ['/v1/windows/a', 'DELETE'],
      ['/v1/notices/x', 'POST'],
    ] as const) {
      const answer = await ask(url, path, { method, headers: bearer(second.answer.token) });
      expect(answer.status, path).toBe(403);
    }
    expect((await ask(url, '/v1/events?window=nobody', { headers: bearer(adminToken) })).json).toMatchObject({
      status: 404,
      field: 'window',
    });
  });

  it('has no budget for the machine ledger before a window without a folder sets one', async () => {
    const { url, adminToken, openWindow } = await startWindowMode();
    const state = async () => (await post(url, adminToken, sixMills)).json.budget.state;
    expect(await state()).toBe('none');
    await openWindow('a', { workspace: null, settings: {} });
    expect(await state()).toBe('ok');
  });

  it('takes the folder <hash>-1 for <hash>', async () => {
    const { openWindow } = await startWindowMode();
    const folder = await makeFolder();
    const one = await openWindow('a', { workspace: workspace(join(folder, hash, 'x')), settings: {} });
    const two = await openWindow('b', { workspace: workspace(join(folder, `${hash}-1`, 'x')), settings: {} });
    expect(two.answer).toEqual(one.answer);
    expect(one.answer.storage).toBe(join(folder, hash, 'x'));
    expect(existsSync(join(folder, `${hash}-1`))).toBe(false);
  });

  it('takes two names of a folder for one', async () => {
    const { openWindow } = await startWindowMode();
    const [folder, link] = [await makeFolder(), join(await makeFolder(), 'link')];
    await symlink(folder, link);
    const one = await openWindow('a', { workspace: workspace(folder), settings: {} });
    expect((await openWindow('b', { workspace: workspace(link), settings: {} })).answer).toEqual(one.answer);
  });

  it.each([
    ['no JSON', 'body'],
    ['null', 'body'],
    ['[]', 'workspace'],
    ['{}', 'workspace'],
    ['{"workspace":{"name":"w","folders":[]}}', 'workspace.storage'],
    ['{"workspace":{"storage":"relative/x","name":"w","folders":[]}}', 'workspace.storage'],
    ['{"workspace":{"storage":"/x","name":"w","folders":[1]}}', 'workspace.folders.0'],
  ])('refuses the registration %s and names %s', async (body, field) => {
    const { url, adminToken } = await startWindowMode();
    const answer = await ask(url, '/v1/windows/w', { method: 'PUT', headers: bearer(adminToken), body });
    expect(answer.json).toMatchObject({ status: 400, field });
  });

  it('says so when another engine owns the workspace, and serves it once that is gone', async () => {
    const folder = await makeFolder();
    const other = await startWindowMode();
    const mine = await startWindowMode();
    await other.openWindow('a', { workspace: workspace(folder), settings: {} });
    await expect(mine.openWindow('b', { workspace: workspace(folder), settings: {} })).rejects.toMatchObject({
      status: 409,
    });
    other.engine.stop('test');
    await other.engine.left;
    await mine.openWindow('b', { workspace: workspace(folder), settings: {} });
  });

  it('takes settings that are sent again, tells of bad ones, and the last writer wins', async () => {
    const { url, openWindow, admin } = await startWindowMode();
    const folder = await makeFolder();
    const { answer, reader } = await openWindow('a', {
      workspace: workspace(folder),
      settings: { budget: { daily: 3 } },
    });
    expect(reader.all('totals')[0]?.budget.limit_usd).toBe(3);
    await openWindow('b', { workspace: workspace(folder), settings: { budget: { daily: 4 } } });
    const bad = { workspace: workspace(folder), settings: { budget: { daily: 1 }, timeZone: 'Mars' } };
    await admin.registerWindow('a', bad);
    await reader.wait('engine', 2);
    expect(reader.all('engine')[1]?.warnings).toEqual([expect.stringContaining('timeZone')]);
    expect((await post(url, answer.token, sixMills)).json.budget.limit_usd).toBe(1);
  });

  it('goes to the port of the settings, keeps the old one open, and keeps the new one for the next start', async () => {
    const first = await startWindowMode();
    const { storage, openWindow, admin } = first;
    const { reader } = await openWindow('a', { workspace: null, settings: {} });
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => free.once('listening', resolve));
    const { port } = free.address() as { port: number };

    // Held by a foreign program: said, and the old one stays.
    const taken = await admin.registerWindow('a', { workspace: null, settings: { ingest: { port } } });
    expect(taken.url).toBe(first.url);
    await reader.wait('engine', 2);
    expect(reader.all('engine').at(-1)).toMatchObject({ displaced_port: port, warnings: [] });
    await new Promise(resolve => free.close(resolve));

    first.engine.stop('test');
    await first.engine.left;
    const next = await startWindowMode({ storage });
    expect(next.url).toBe(`http://127.0.0.1:${port}`);
    const moved = await next.admin.registerWindow('a', { workspace: null, settings: { ingest: { port: port + 1 } } });
    expect((await ask(moved.url, '/healthz')).status).toBe(200);
    expect((await ask(next.url, '/healthz')).status).toBe(200);
    expect(JSON.parse(await readFile(join(storage, 'engine.json'), 'utf8')).url).toBe(moved.url);
  });

  it('leaves when its last window has gone, and not before', async () => {
    const { engine, openWindow, admin, url } = await startWindowMode({ idleMs: 150 });
    let hasLeft = false;
    engine.left.then(() => {
      hasLeft = true;
    });
    const one = await openWindow('a', { workspace: null, settings: {} });
    await openWindow('b', { workspace: null, settings: {} });
    await pause(300);
    one.reader.close();
    await pause(300);
    expect(hasLeft).toBe(false);
    await admin.forgetWindow('b');
    // A window that comes in time keeps it.
    await pause(50);
    const back = await openWindow('a', { workspace: null, settings: {} });
    await pause(300);
    expect(hasLeft).toBe(false);
    back.reader.close();
    await expect(engine.left).resolves.toBe(true);
    await expect(ask(url, '/healthz')).rejects.toThrow();
  });

  it('leaves when no window ever comes', async () => {
    const { engine } = await startWindowMode({ idleMs: 100 });
    await expect(engine.left).resolves.toBe(true);
  });

  it('keeps a window that opens its stream anew before the old one is seen to be closed', async () => {
    const { openWindow, url, adminToken, engine } = await startWindowMode();
    const { reader } = await openWindow('a', { workspace: null, settings: {} });
    const again = readEvents(url, adminToken, 'a');
    await again.wait('totals');
    for (let n = 0; n < 100 && reader.isOpen; n++) {
      await pause(10);
    }
    expect(reader.isOpen).toBe(false);
    expect(again.isOpen).toBe(true);
    expect(engine.windows?.find('a')).toBeDefined();
    again.close();
    await pause(100);
    expect(engine.windows?.find('a')).toBeUndefined();
  });
});

describe('budget notices in windows', () => {
  const settings = { budget: { daily: 0.01 } };

  it('come to one of two windows, and not again after a reload or a restart of the engine', async () => {
    const first = await startWindowMode();
    const folder = await makeFolder();
    const registration = { workspace: workspace(folder), settings };
    const old = await first.openWindow('old', registration);
    const young = await first.openWindow('young', registration);
    const { budget } = (await post(first.url, old.answer.token, [sixMills, sixMills])).json;
    expect(budget).toEqual({ spent_usd: 0.012, limit_usd: 0.01, remaining_usd: 0, state: 'exceeded' });
    const [notice] = await young.reader.wait('notice');
    expect(notice).toMatchObject({ budget: 'daily', threshold: 100, spent_usd: 0.012, limit_usd: 0.01 });
    await first.admin.answerNotice(notice?.id ?? '', 'shown');

    young.reader.close();
    await pause(50);
    const reloaded = await first.openWindow('reloaded', registration);
    await post(first.url, old.answer.token, sixMills);
    await pause(300);
    first.engine.stop('test');
    await first.engine.left;
    const second = await startWindowMode({ storage: first.storage });
    const restarted = await second.openWindow('again', registration);
    await post(second.url, restarted.answer.token, sixMills);
    await pause(300);
    const later = [old, reloaded, restarted].flatMap(({ reader }) => reader.all('notice'));
    expect(later).toEqual([]);
    expect([...first.log, ...second.log].filter(line => line.startsWith('warn Daily budget'))).toEqual([
      expect.stringContaining('80%'),
      expect.stringContaining('100%'),
    ]);
  });

  it('reach the next window when the first one closes before it could answer', async () => {
    const { openWindow, url } = await startWindowMode();
    const registration = { workspace: workspace(await makeFolder()), settings };
    const old = await openWindow('old', registration);
    const young = await openWindow('young', registration);
    await post(url, old.answer.token, [sixMills, sixMills]);
    await young.reader.wait('notice');
    expect(old.reader.all('notice')).toEqual([]);
    young.reader.close();
    await old.reader.wait('notice');
  });

  it('wait for a window that comes later, also over a restart', async () => {
    const first = await startWindowMode();
    const folder = await makeFolder();
    const registration = { workspace: workspace(folder), settings };
    const { answer, reader } = await first.openWindow('a', registration);
    reader.close();
    await pause(50);
    await post(first.url, answer.token, [sixMills, sixMills]);
    first.engine.stop('test');
    await first.engine.left;
    const second = await startWindowMode({ storage: first.storage });
    const later = await second.openWindow('b', registration);
    const [notice] = await later.reader.wait('notice');
    await second.admin.answerNotice(notice?.id ?? '', 'silence');
  });

  it('stay off with budget.notifications false, and a lowered budget notifies with the next call', async () => {
    const { openWindow, url, admin } = await startWindowMode();
    const folder = await makeFolder();
    const quiet = { workspace: workspace(folder), settings: { budget: { daily: 0.006, notifications: false } } };
    const { answer, reader } = await openWindow('a', quiet);
    await post(url, answer.token, sixMills);
    await reader.waitUntil('totals', ({ budget }) => budget.state === 'exceeded' && budget.crossed.length === 3);
    await admin.registerWindow('a', { ...quiet, settings });
    await pause(300);
    expect(reader.all('notice')).toEqual([]);
    await post(url, answer.token, sixMills);
    expect((await reader.wait('notice'))[0]?.threshold).toBe(100);
  });

  it('are answered with 404 or 400 when there is no such notice or action', async () => {
    const { url, adminToken } = await startWindowMode();
    const answer = (id: string, body: string) =>
      ask(url, `/v1/notices/${encodeURIComponent(id)}`, { headers: bearer(adminToken), body });
    expect((await answer('nothing', '{"action":"shown"}')).json).toMatchObject({ status: 404, field: 'id' });
    const unknown = `${'0'.repeat(32)}:daily:2026-11-22:80`;
    expect((await answer(unknown, '{"action":"shown"}')).status).toBe(404);
    expect((await answer(unknown, '')).json).toMatchObject({ status: 400, field: 'body' });
    for (const body of ['null', '{"action":"close"}']) {
      expect((await answer(unknown, body)).json).toMatchObject({ status: 400, field: 'action' });
    }
  });
});

describe('the stored port', () => {
  it('is tried again each time, and said when a foreign program holds it', async () => {
    const first = await startWindowMode();
    const { port } = new URL(first.url);
    expect((await readFile(join(first.storage, 'port'), 'utf8')).trim()).toBe(port);
    first.engine.stop('test');
    await first.engine.left;
    const foreign = createServer().listen(Number(port), '127.0.0.1');
    await new Promise(resolve => foreign.once('listening', resolve));
    onTestFinished(() => void foreign.close());

    const second = await startWindowMode({ storage: first.storage });
    const { reader } = await second.openWindow('a', { workspace: null, settings: {} });
    expect(reader.all('engine')[0]).toMatchObject({ displaced_port: Number(port), url: second.url });
    expect(second.url).not.toBe(first.url);
    second.engine.stop('test');
    await second.engine.left;
    await new Promise(resolve => foreign.close(resolve));
    expect((await startWindowMode({ storage: first.storage })).url).toBe(first.url);
  });

  it('is replaced when its file is damaged', async () => {
    const storage = await makeFolder();
    await writeFile(join(storage, 'port'), '99999');
    expect((await ask((await startWindowMode({ storage })).url, '/healthz')).status).toBe(200);
  });
});
