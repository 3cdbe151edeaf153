import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Journal } from '../../../../src/ledger/disk/journal.ts';
import { formatLine, parseLine } from '../../../../src/ledger/disk/journalLine.ts';
import type { Change } from '../../../../src/ledger/tables/change.ts';
import { formatChange, parseChange } from '../../../../src/ledger/tables/change.ts';
import { makeFolder, makeRecord, makeTokens, noon, price } from '../makeLedger.ts';

function makeChange(id: string): Change {
  const record = makeRecord({ model: 'modèle "x"\n', tokens: makeTokens({ reasoning: 0, output: null }) });
  const row = { id, record, cost: price(record), signals: ['usage'] as const, observations: 1 };
  return { kind: 'call', row, ids: [`req_${id}`], absorbed: [] };
}

/** What a new journal on the folder replays. */
async function replay(folder: string, after = 0): Promise<{ ids: string[]; warnings: string[]; journal: Journal }> {
  const journal = new Journal(folder);
  const ids: string[] = [];
  const warnings = await journal.replay(after, noon, change => ids.push(change.kind === 'call' ? change.row.id : ''));
  return { ids, warnings, journal };
}

async function writeJournal(folder: string, count: number): Promise<string> {
  const journal = new Journal(folder);
  await journal.replay(0, noon, () => undefined);
  for (let i = 0; i < count; i++) {
    await journal.append([makeChange(String(i))]);
  }
  await journal.rotate();
  const [name] = await readdir(folder);
  return join(folder, name ?? '');
}

describe('a journal line', () => {
  it('comes back as it was written, nulls included', () => {
    const change = makeChange('a');
    expect(parseChange(formatChange(change))).toEqual(change);
    const line = parseLine(Buffer.from(formatLine({ sequence: 7, change }).trimEnd()));
    expect([line?.sequence, line?.readChange()]).toEqual([7, change]);
  });

  it('is refused when a single bit of it is flipped', () => {
    const bytes = Buffer.from(formatLine({ sequence: 7, change: makeChange('a') }).trimEnd());
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseLine(flipped), `bit ${bit}`).toBeNull();
    }
  });
});

describe('the journal', () => {
  it('does not open segments that a snapshot has made needless', async () => {
    const folder = await makeFolder();
    const old = await writeJournal(folder, 2);
    const { journal } = await replay(folder);
    await journal.append([makeChange('new')]);
    await writeFile(old, 'not a journal\n');
    expect(await replay(folder, 2)).toMatchObject({ ids: ['new'], warnings: [] });
  });

  it('gives back what is after a sequence number and continues the numbering', async () => {
    const folder = await makeFolder();
    await writeJournal(folder, 3);
    const { ids, warnings, journal } = await replay(folder, 1);
    expect(ids).toEqual(['1', '2']);
    expect(warnings).toEqual([]);
    await journal.append([makeChange('next')]);
    expect(journal.sequence).toBe(4);
  });

  it('leaves a torn tail out without a word, at every length', async () => {
    const folder = await makeFolder();
    const path = await writeJournal(folder, 2);
    const whole = await readFile(path);
    const firstEnd = whole.indexOf(10) + 1;
    for (let length = firstEnd; length < whole.length; length += 13) {
      await writeFile(path, whole.subarray(0, length));
      const { ids, warnings } = await replay(folder);
      expect([ids, warnings]).toEqual([['0'], []]);
    }
  });

  it('skips a damaged line, keeps its bytes aside and says so', async () => {
    const folder = await makeFolder();
    const path = await writeJournal(folder, 3);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('req_1', 'req_X'));
    const { ids, warnings } = await replay(folder);
    expect(ids).toEqual(['0', '2']);
    expect(warnings).toEqual([expect.stringContaining('1 damaged line')]);
    expect(await readFile(`${path}.damaged-${noon}`, 'utf8')).toContain('req_X');
    expect(await replay(folder)).toMatchObject({ ids, warnings: [] });
  });

  it('starts a new segment after a rotation and drops those that a snapshot made needless', async () => {
    const folder = await makeFolder();
    const journal = new Journal(folder);
    await journal.replay(0, noon, () => undefined);
    for (const id of ['a', 'b', 'c']) {
      await journal.append([makeChange(id)]);
      await journal.rotate();
    }
    await journal.discardThrough(1);
    expect(await readdir(folder)).toEqual([2, 3, 4].map(first => `journal-00000000000${first}.log`));
  });

  it('takes over an empty segment that a crash left behind', async () => {
    const folder = await makeFolder();
    await appendFile(join(folder, 'journal-000000000001.log'), '');
    const journal = new Journal(folder);
    await journal.replay(0, noon, () => undefined);
    await journal.append([makeChange('a')]);
    expect((await replay(folder)).ids).toEqual(['a']);
  });
});
