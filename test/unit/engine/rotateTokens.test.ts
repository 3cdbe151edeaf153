import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import { readEvents } from './readEvents.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const statusOf = async (url: string, path: string, token: string) =>
  (await ask(url, path, { headers: bearer(token) })).status;
const readToken = async (folder: string, name = 'token') => (await readFile(join(folder, name), 'utf8')).trim();
const registration = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings: {} });

describe('POST /v1/tokens/rotate', () => {
  it('replaces the token of an engine alone, at once and for the next start', async () => {
    const storage = await makeFolder();
    const { url, token, engine } = await startEngine({ storage });
    const stream = readEvents(url, token);
    await stream.wait('totals');
    expect((await ask(url, '/v1/tokens/rotate', { method: 'POST', headers: bearer(token) })).json).toEqual({
      status: 'rotated',
    });
    const fresh = await readToken(storage);
    expect(fresh).not.toBe(token);
    expect((await stat(join(storage, 'token'))).mode & 0o777).toBe(0o600);
    expect(await statusOf(url, '/v1/summary', token)).toBe(401);
    expect(await statusOf(url, '/v1/summary', fresh)).toBe(200);
    // Who reads on must show the new one.
    await expect.poll(() => stream.isOpen).toBe(false);
    engine.stop('restart');
    await engine.left;
    expect((await startEngine({ storage })).token).toBe(fresh);
  });

  it('does not pretend where the token was given', async () => {
    const { url } = await startEngine({ token: 'given-by-hand' });
    const answer = await ask(url, '/v1/tokens/rotate', { method: 'POST', headers: bearer('given-by-hand') });
    expect([answer.status, answer.json.detail]).toEqual([409, expect.stringContaining('command line')]);
    expect(await statusOf(url, '/v1/summary', 'given-by-hand')).toBe(200);
  });

  it('replaces all tokens of the windows’ engine, also of workspaces that are closed', async () => {
    const storage = await makeFolder();
    const [a, b] = [await makeFolder(), await makeFolder()];
    const first = await startWindowMode({ storage });
    const { token: ofA } = await first.admin.registerWindow('a', registration(a));
    first.engine.stop('restart');
    await first.engine.left;

    const { url, adminToken, admin, openWindow } = await startWindowMode({ storage });
    const { answer, reader } = await openWindow('b', registration(b));
    const before = [
      adminToken,
      answer.token,
      await readToken(storage, 'metrics-token'),
      await readToken(join(storage, 'machine')),
    ];
    await ask(url, '/v1/usage', { headers: bearer(answer.token), body: JSON.stringify(sixMills) });
    await admin.rotateTokens();
    await expect.poll(() => reader.isOpen).toBe(false);
    for (const token of before) {
      expect(await statusOf(url, '/metrics', token)).toBe(401);
    }
    // A window finds the new ones as it found the old ones.
    const file = JSON.parse(await readFile(join(storage, 'engine.json'), 'utf8'));
    expect((await stat(join(storage, 'engine.json'))).mode & 0o777).toBe(0o600);
    const again = createClient({ url, token: file.token });
    const back = await again.registerWindow('b', registration(b));
    expect(back.token).toBe(await readToken(b));
    expect((await again.registerWindow('a', registration(a))).token).not.toBe(ofA);
    expect(await statusOf(url, '/v1/summary', ofA)).toBe(401);
    expect(await statusOf(url, '/metrics', await readToken(storage, 'metrics-token'))).toBe(200);
    // The ledger is the same.
    const summary = await ask(url, '/v1/summary', { headers: bearer(back.token) });
    expect(summary.json.total.requests).toBe(1);
    expect(new Set([...before, file.token, back.token]).size).toBe(6);
  });

  it('is the admin’s', async () => {
    const { url, admin } = await startWindowMode();
    const { token } = await admin.registerWindow('w', registration(await makeFolder()));
    expect((await ask(url, '/v1/tokens/rotate', { method: 'POST', headers: bearer(token) })).status).toBe(403);
    expect(await statusOf(url, '/v1/summary', token)).toBe(200);
  });

  it('leaves the old tokens in force when the disk refuses', async () => {
    const { url, adminToken, admin, storage } = await startWindowMode();
    const before = await readFile(join(storage, 'engine.json'), 'utf8');
    // Nothing can be put in the place of a folder.
    await rm(join(storage, 'metrics-token'));
    await mkdir(join(storage, 'metrics-token', 'x'), { recursive: true });
    await expect(admin.rotateTokens()).rejects.toMatchObject({ status: expect.any(Number) });
    expect(await statusOf(url, '/v1/summary', adminToken)).toBe(200);
    expect(await readFile(join(storage, 'engine.json'), 'utf8')).toBe(before);
  });
});
