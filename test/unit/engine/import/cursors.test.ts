import { expect, it } from 'vitest';
import { type Cursor, openCursors } from '../../../../src/engine/import/cursors.ts';
import { makeFolder } from '../../ledger/makeLedger.ts';

const cursor: Cursor = { agent: 'codex', size: 5, mtimeMs: 1, inode: '7', offset: 5, tail: 0, state: null };

it('are stored only once what was read up to them is durable', async () => {
  const folder = await makeFolder();
  const cursors = await openCursors(folder);
  cursors.set('/a', cursor);
  const full = async () => {
    throw new Error('the disk is full');
  };
  await expect(cursors.save(0, full)).rejects.toThrow('full');
  expect((await openCursors(folder)).get('/a')).toBeUndefined();
  await cursors.save(0, async () => {
    expect((await openCursors(folder)).get('/a')).toBeUndefined();
  });
  expect((await openCursors(folder)).get('/a')).toEqual(cursor);
});
