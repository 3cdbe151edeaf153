import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { makeFolder, makeRecord, noon, open } from './makeLedger.ts';

const day = 24 * 3_600_000;
const all = { fromMs: 0, toMs: noon + 365 * day };
const requests = (ledger: Ledger): number => ledger.sum(all).requests;

/** Ten days of four calls each, two sessions. */
async function fill(folder: string): Promise<Ledger> {
  const ledger = await open(folder);
  const records = Array.from({ length: 40 }, (_, i) =>
    makeRecord({
      requestId: `r${i}`,
      sessionId: `s${i % 2}`,
      timestamp: noon - Math.floor(i / 4) * day - (i % 4) * 1000,
    }),
  );
  await ledger.append(records);
  return ledger;
}

describe('retention', () => {
  it('drops old calls and keeps their sums, over a restart too', async () => {
    const folder = await makeFolder();
    const ledger = await fill(folder);
    const before = ledger.group(all, ['day', 'model'], 'UTC');
    await ledger.prune(noon - 5 * day);
    for (const one of [ledger, await open(folder)]) {
      expect(one.group(all, ['day', 'model'], 'UTC')).toEqual(before);
      expect(one.recent(99)).toHaveLength(21);
      expect(one.detailSince).toBe(noon - 5 * day);
    }
    await ledger.close();
  });
});

describe('deleting', () => {
  it('takes a range with its sums, and nothing beside it', async () => {
    const folder = await makeFolder();
    const ledger = await fill(folder);
    await ledger.delete({ range: { fromMs: noon - 3.5 * day, toMs: noon - 1.5 * day } });
    const days = ledger.group(all, ['day'], 'UTC').map(({ sums }) => sums.requests);
    expect(days).toEqual(Array.from({ length: 8 }, () => 4));
    expect(requests(await open(folder))).toBe(32);
    // What was deleted on purpose may come again, as a row of its own.
    const [again] = await ledger.append([makeRecord({ requestId: 'r8', timestamp: noon - 2 * day })]);
    expect(again?.duplicate).toBe(false);
    await ledger.close();
  });

  it('takes the sums that retention had left', async () => {
    const ledger = await fill(await makeFolder());
    await ledger.prune(noon - 5 * day);
    await ledger.delete({ range: { fromMs: 0, toMs: noon - 7.5 * day } });
    expect(requests(ledger)).toBe(32);
    expect(ledger.sum({ fromMs: noon - 8 * day, toMs: noon - 6.5 * day })).toMatchObject({ requests: 4 });
    await ledger.close();
  });

  it('takes a session', async () => {
    const ledger = await fill(await makeFolder());
    await ledger.delete({ sessionId: 's1' });
    expect(ledger.group(all, ['session_id'], 'UTC').map(({ key }) => key.session_id)).toEqual(['s0']);
    expect(requests(ledger)).toBe(20);
    await ledger.close();
  });
});

describe('a copy for others', () => {
  it('is a whole, smaller database', async () => {
    const folder = await makeFolder();
    const ledger = await fill(folder);
    await ledger.append(Array.from({ length: 5000 }, () => makeRecord({ timestamp: noon - 20 * day })));
    await ledger.delete({ range: { fromMs: 0, toMs: noon - 15 * day } });
    const bytes = await ledger.exportCopy();
    expect(bytes.length).toBeLessThan(ledger.size());
    const file = join(folder, 'copy.sqlite');
    await writeFile(file, bytes);
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('SELECT count(*) AS rows FROM token_usage').get()).toEqual({ rows: 40 });
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    db.close();
    await ledger.close();
  });
});
