import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { makeFolder, makeRecord, noon, open } from './makeLedger.ts';

const database = 'usage.sqlite';
const previous = 'usage.previous.sqlite';
const checksums = 'snapshots.json';

/** A folder with `r0` to `r3` in two snapshots, and `r4` and `r5` in the journal only, as a killed process leaves it. */
async function makeLedgerFolder(): Promise<string> {
  const folder = await makeFolder();
  const ledger = await open(folder);
  for (const round of [0, 1]) {
    await ledger.append([0, 1].map(n => makeRecord({ requestId: `r${2 * round + n}` })));
    await ledger.flush();
  }
  await ledger.append([makeRecord({ requestId: 'r4' })]);
  await ledger.append([makeRecord({ requestId: 'r5' })]);
  // A copy: the ledger itself would go on writing into its folder.
  const left = await makeFolder();
  await cp(folder, left, { recursive: true });
  await ledger.close();
  return left;
}

async function newestJournal(folder: string): Promise<string> {
  return (
    (await readdir(folder))
      .filter(name => name.startsWith('journal-'))
      .sort()
      .at(-1) ?? ''
  );
}

/** Ids of the calls that a ledger finds in the folder, its warnings, and the warnings of the start after that. */
async function reopen(folder: string) {
  const ledger = await open(folder);
  const ids = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'].filter(id => ledger.knows(id));
  expect(ledger.count()).toBe(ids.length);
  await ledger.append([makeRecord({ requestId: 'after' })]);
  await ledger.close();
  const again = await open(folder);
  expect(again.count()).toBe(ids.length + 1);
  await again.close();
  return { ids, warnings: ledger.warnings, later: again.warnings };
}

function flip(bytes: Buffer, offset: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
  return flipped;
}

/** Replaces a file of the folder; gives the new bytes. */
async function damage(folder: string, name: string, change: (bytes: Buffer) => Buffer): Promise<Buffer> {
  const bytes = change(await readFile(join(folder, name)));
  await writeFile(join(folder, name), bytes);
  return bytes;
}

const everything = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];

/** Ways to damage a whole file, by what they hit. */
const ways: readonly [string, (bytes: Buffer) => Buffer][] = [
  ['a bit of its first bytes', bytes => flip(bytes, 3)],
  ['a bit of its page size', bytes => flip(bytes, 16)],
  ['a bit of its schema version', bytes => flip(bytes, 63)],
  ['a bit of its first page', bytes => flip(bytes, 500)],
  ['a bit in the middle', bytes => flip(bytes, Math.floor(bytes.length / 2))],
  ['its last bit', bytes => flip(bytes, bytes.length - 1)],
  ['its second half, gone', bytes => bytes.subarray(0, bytes.length / 2)],
  ['everything, gone', () => Buffer.alloc(0)],
  ['everything, zero', bytes => Buffer.alloc(bytes.length)],
  ['its length', bytes => Buffer.concat([bytes, Buffer.alloc(512)])],
];

describe('a damaged snapshot', () => {
  it.each(ways)('is set aside with its bytes, reported once and rebuilt: %s', async (_, change) => {
    const folder = await makeLedgerFolder();
    const bytes = await damage(folder, database, change);
    const { ids, warnings, later } = await reopen(folder);
    expect(ids).toEqual(everything);
    expect(warnings).toEqual([expect.stringContaining(`${database} was changed outside Spend Lens or damaged`)]);
    expect(await readFile(join(folder, `${database}.damaged-${noon}`))).toEqual(bytes);
    expect(later).toEqual([]);
  });

  it.each(ways)('is noticed also where it is the older one: %s', async (_, change) => {
    const folder = await makeLedgerFolder();
    const bytes = await damage(folder, previous, change);
    const { ids, warnings, later } = await reopen(folder);
    expect(ids).toEqual(everything);
    expect(warnings).toEqual([expect.stringContaining(`${previous} was changed outside Spend Lens or damaged`)]);
    expect(await readFile(join(folder, `${previous}.damaged-${noon}`))).toEqual(bytes);
    expect(later).toEqual([]);
  });

  it('leaves what the journal holds when its predecessor is damaged too, and says that older usage is missing', async () => {
    const folder = await makeLedgerFolder();
    await damage(folder, database, () => Buffer.alloc(0));
    await damage(folder, previous, bytes => flip(bytes, 3));
    const { ids, warnings } = await reopen(folder);
    // The journal goes back to the older of the two.
    expect(ids).toEqual(['r2', 'r3', 'r4', 'r5']);
    expect(warnings).toEqual([
      expect.stringContaining(database),
      expect.stringContaining(previous),
      expect.stringContaining('older usage is missing'),
    ]);
  });

  it('is used as it is when it is all there is and SQLite can read it', async () => {
    const folder = await makeLedgerFolder();
    const db = new DatabaseSync(join(folder, database));
    db.exec('CREATE TABLE note (text)');
    db.close();
    await damage(folder, previous, () => Buffer.alloc(0));
    const { ids, warnings } = await reopen(folder);
    expect(ids).toEqual(everything);
    expect(warnings[0]).toContain('used as it is');
  });
});

describe('damaged checksums', () => {
  const texts = ['', '{', 'null', '[null]', '{"a":1}', '[{"sequence":1,"size":-1,"crc32":0.5}]'];
  it.each(texts)('are set aside and reported, and nothing is lost: %s', async text => {
    const folder = await makeLedgerFolder();
    await writeFile(join(folder, checksums), text);
    const { ids, warnings, later } = await reopen(folder);
    expect(ids).toEqual(everything);
    expect(warnings).toEqual([expect.stringContaining(`${checksums} was damaged and kept as`)]);
    expect(await readFile(join(folder, `${checksums}.damaged-${noon}`), 'utf8')).toBe(text);
    expect(later).toEqual([]);
  });

  it('lose nothing whichever bit is flipped', async () => {
    const { length } = await readFile(join(await makeLedgerFolder(), checksums));
    for (let offset = 0; offset < length; offset += 7) {
      const folder = await makeLedgerFolder();
      await damage(folder, checksums, bytes => flip(bytes, offset));
      const { ids, warnings } = await reopen(folder);
      expect(ids, `byte ${offset}`).toEqual(everything);
      expect(warnings.length, `byte ${offset}`).toBeGreaterThan(0);
    }
  });

  it('may be missing: a folder that was copied by hand', async () => {
    const folder = await makeLedgerFolder();
    const { rm } = await import('node:fs/promises');
    await rm(join(folder, checksums));
    expect(await reopen(folder)).toEqual({ ids: everything, warnings: [], later: [] });
  });
});

describe('a damaged journal', () => {
  it('loses the one line whose bit was flipped, sets the file aside with its bytes and says so once', async () => {
    const { length } = await readFile(join(await makeLedgerFolder(), await newestJournal(await makeLedgerFolder())));
    for (let offset = 0; offset < length - 1; offset += 61) {
      const folder = await makeLedgerFolder();
      const name = await newestJournal(folder);
      const lineEnd = (await readFile(join(folder, name))).indexOf(10);
      const bytes = await damage(folder, name, before => flip(before, offset));
      const { ids, warnings, later } = await reopen(folder);
      expect(ids, `byte ${offset}`).toEqual(everything.filter(id => id !== (offset < lineEnd ? 'r4' : 'r5')));
      expect(warnings, `byte ${offset}`).toEqual([expect.stringContaining(`${name} had 1 damaged line`)]);
      expect(await readFile(join(folder, `${name}.damaged-${noon}`))).toEqual(bytes);
      expect(later).toEqual([]);
    }
  });

  it.each<[string, (bytes: Buffer) => Buffer, string[]]>([
    ['empty', () => Buffer.alloc(0), everything.slice(0, 4)],
    ['torn in its last line', bytes => bytes.subarray(0, bytes.length - 5), everything.slice(0, 5)],
    ['followed by zeros', bytes => Buffer.concat([bytes, Buffer.alloc(4096)]), everything],
  ])('is no damage when it is %s, as a power cut leaves it', async (_, change, expected) => {
    const folder = await makeLedgerFolder();
    await damage(folder, await newestJournal(folder), change);
    expect(await reopen(folder)).toEqual({ ids: expected, warnings: [], later: [] });
  });

  it('is set aside when nothing in it can be read', async () => {
    const folder = await makeLedgerFolder();
    const name = await newestJournal(folder);
    const bytes = await damage(folder, name, () => Buffer.from('this is\nno journal\n'));
    const { ids, warnings } = await reopen(folder);
    expect(ids).toEqual(everything.slice(0, 4));
    expect(warnings).toEqual([expect.stringContaining(`${name} had 2 damaged lines`)]);
    expect(await readFile(join(folder, `${name}.damaged-${noon}`))).toEqual(bytes);
  });
});

describe('a database of a newer schema', () => {
  it('is set aside with its bytes and reported at every start; new usage is counted meanwhile', async () => {
    const folder = await makeFolder();
    const path = join(folder, database);
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 99; CREATE TABLE t (x)');
    db.close();
    const bytes = await readFile(path);
    const { ids, warnings, later } = await reopen(folder);
    expect(ids).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('was written by a newer version of Spend Lens')]);
    expect(later).toEqual(warnings);
    expect(await readFile(`${path}.newer-${noon}`)).toEqual(bytes);
  });

  it('leaves the older snapshot and the journal to count from', async () => {
    const folder = await makeLedgerFolder();
    const db = new DatabaseSync(join(folder, database));
    db.exec('PRAGMA user_version = 99');
    db.close();
    // A newer program has also written its checksum.
    const { crc32 } = await import('node:zlib');
    const bytes = await readFile(join(folder, database));
    const [newest, ...others] = JSON.parse(await readFile(join(folder, checksums), 'utf8'));
    const proof = { ...newest, size: bytes.length, crc32: crc32(bytes) };
    await writeFile(join(folder, checksums), JSON.stringify([proof, ...others]));
    const { ids, warnings } = await reopen(folder);
    expect(ids).toEqual(everything);
    expect(warnings).toEqual([expect.stringContaining('newer version')]);
    expect(await readFile(join(folder, `${database}.newer-${noon}`))).toEqual(bytes);
  });
});
