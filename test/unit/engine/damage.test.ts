import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { readEvents } from './readEvents.ts';
import { ask, bearer, makeFolder, sixMills, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const workspace = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings: {} });

function writeNewerDatabase(folder: string): Promise<Buffer> {
  const path = join(folder, 'usage.sqlite');
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99; CREATE TABLE t (x)');
  db.close();
  return readFile(path);
}

/** A folder with two calls of which one was stored after the last snapshot. */
async function makeStorage(): Promise<string> {
  const storage = await makeFolder();
  const { engine, url, token } = await startEngine({ storage });
  const post = () => ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(sixMills) });
  await post();
  await engine.ledgers()[0]?.ledger.flush();
  await post();
  const copy = await makeFolder();
  for (const name of (await readdir(storage)).filter(file => !file.endsWith('.sock'))) {
    await writeFile(join(copy, name), await readFile(join(storage, name)));
  }
  return copy;
}

async function serve(storage: string) {
  const { url, token, log } = await startEngine({ storage });
  const reader = readEvents(url, token);
  await reader.wait('totals');
  const post = await ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(sixMills) });
  expect(post.json.accepted).toBe(1);
  const { total } = (await ask(url, '/v1/summary', { headers: bearer(token) })).json;
  return { warnings: reader.all('engine')[0]?.warnings ?? [], requests: total.requests - 1, log };
}

describe('an engine on damaged files', () => {
  it.each<[string, RegExp, (bytes: Buffer) => Buffer, number, string]>([
    [
      'a flipped bit in the database',
      /^usage\.sqlite$/,
      flip,
      2,
      'usage.sqlite was changed outside Spend Lens or damaged',
    ],
    ['an empty database', /^usage\.sqlite$/, () => Buffer.alloc(0), 2, 'usage.sqlite was changed'],
    ['damaged checksums', /^snapshots\.json$/, () => Buffer.from('?'), 2, 'snapshots.json was damaged'],
    ['a flipped bit in the journal', /^journal-.*2\.log$/, flip, 1, '1 damaged line'],
  ])('serves what is left of %s, and tells', async (_, name, change, requests, warning) => {
    const storage = await makeStorage();
    const [file = ''] = (await readdir(storage)).filter(each => name.test(each));
    const bytes = change(await readFile(join(storage, file)));
    await writeFile(join(storage, file), bytes);
    const served = await serve(storage);
    expect(served.warnings).toEqual([expect.stringContaining(warning)]);
    expect(served.log.filter(line => line.includes(warning))).toHaveLength(1);
    expect(served.requests).toBe(requests);
    const [aside = ''] = (await readdir(storage)).filter(each => each.startsWith(`${file}.damaged-`));
    expect(await readFile(join(storage, aside))).toEqual(bytes);
  });

  it('says nothing of a journal that a power cut left torn or empty', async () => {
    const storage = await makeStorage();
    const [file = ''] = (await readdir(storage)).filter(each => /^journal-.*2\.log$/.test(each));
    const bytes = await readFile(join(storage, file));
    await writeFile(join(storage, file), bytes.subarray(0, bytes.length - 3));
    expect(await serve(storage)).toMatchObject({ warnings: [], requests: 1 });
  });

  it('sets a database of a newer version aside, and goes on', async () => {
    const storage = await makeFolder();
    const bytes = await writeNewerDatabase(storage);
    const served = await serve(storage);
    expect(served.warnings).toEqual([expect.stringContaining('written by a newer version of Spend Lens')]);
    const [aside = ''] = (await readdir(storage)).filter(each => each.includes('.newer-'));
    expect(await readFile(join(storage, aside))).toEqual(bytes);
  });

  it('keeps serving other windows, whose warnings are their own', async () => {
    const storage = await makeFolder();
    await mkdir(join(storage, 'machine'));
    await writeNewerDatabase(join(storage, 'machine'));
    const [sound, newer, broken] = [await makeFolder(), await makeFolder(), await makeFolder()];
    await writeNewerDatabase(newer);
    // Not a file at all, so that nothing can be opened there.
    await mkdir(join(broken, 'usage.sqlite'));
    const { openWindow, url, admin } = await startWindowMode({ storage });
    const first = await openWindow('sound', workspace(sound));
    const second = await openWindow('newer', workspace(newer));
    await expect(admin.registerWindow('broken', workspace(broken))).rejects.toMatchObject({ status: 503 });
    expect(first.reader.all('engine')[0]?.warnings).toEqual([]);
    expect(second.reader.all('engine')[0]).toMatchObject({
      warnings: [expect.stringContaining('newer version')],
      alerts: [expect.stringContaining('newer version')],
    });
    for (const { answer } of [first, second]) {
      const post = await ask(url, '/v1/usage', { headers: bearer(answer.token), body: JSON.stringify(sixMills) });
      expect(post.json.accepted).toBe(1);
    }
  });
});

function flip(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  const middle = bytes.length >> 1;
  flipped[middle] = (flipped[middle] ?? 0) ^ 4;
  return flipped;
}
