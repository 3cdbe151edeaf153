import { describe, expect, it } from 'vitest';
import { LiveBytes } from '../../../../src/ledger/disk/liveBytes.ts';
import { Database } from '../../../../src/ledger/tables/database.ts';

const insert = (rows: number, bytes: number): string =>
  `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows})
   INSERT INTO t SELECT randomblob(${bytes}) FROM c`;

async function countIn(image: Uint8Array): Promise<number | undefined> {
  const copy = await Database.open(LiveBytes.copyOf(image));
  expect(copy.isSound()).toBe(true);
  const rows = copy.get<{ rows: number }>('SELECT count(*) AS rows FROM t')?.rows;
  copy.close();
  return rows;
}

describe('the image of a database', () => {
  it('is the file as it is, without a copy', async () => {
    const db = await Database.open();
    db.exec('CREATE TABLE t (x)');
    for (let round = 1; round <= 20; round++) {
      db.reserve();
      db.exec(insert(100, 200));
      expect(await countIn(db.image())).toBe(100 * round);
    }
    expect(db.image().buffer).toBe(db.image().buffer);
    db.close();
  });

  it('is right when one transaction outgrew the room kept for it, and after', async () => {
    const db = await Database.open();
    db.exec('CREATE TABLE t (x)');
    db.reserve();
    db.exec(insert(5000, 2000));
    expect(db.size()).toBeGreaterThan(8_000_000);
    expect(await countIn(db.image())).toBe(5000);
    db.reserve();
    db.exec(insert(10, 10));
    expect(await countIn(db.image())).toBe(5010);
    db.close();
  });

  it('keeps prepared statements working when the file had to move', async () => {
    const db = await Database.open();
    db.exec('CREATE TABLE t (x)');
    const count = () => db.get<{ rows: number }>('SELECT count(*) AS rows FROM t')?.rows;
    expect(count()).toBe(0);
    db.exec(insert(5000, 2000));
    db.image();
    expect(count()).toBe(5000);
    db.close();
  });
});
