import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, makeRecord, open } from './makeLedger.ts';

const call = (requestId: string) => makeRecord({ requestId });

/** A folder with `old` in it, to which an import added `flushed` and `lost` before it was killed. */
async function makeKilled(): Promise<string> {
  const folder = await makeFolder();
  const before = await open(folder);
  await before.append([call('old')]);
  await before.close();
  const ledger = await open(folder, { isUnjournaled: true });
  await ledger.append([call('flushed'), call('old')]);
  await ledger.flush();
  await ledger.append([call('lost')]);
  const left = await makeFolder();
  await cp(folder, left, { recursive: true });
  await ledger.close();
  return left;
}

it('holds after a kill what was flushed, and takes the rest again as new', async () => {
  const ledger = await open(await makeKilled());
  expect(ledger.warnings).toEqual([]);
  expect(['old', 'flushed', 'lost'].map(id => ledger.knows(id))).toEqual([true, true, false]);
  const appended = await ledger.append([call('flushed'), call('lost')]);
  expect(appended.map(({ duplicate }) => duplicate)).toEqual([true, false]);
  expect(ledger.count()).toBe(3);
  await ledger.close();
});

it('is whole again when its newest snapshot is damaged, though no journal has its lines', async () => {
  const folder = await makeKilled();
  const file = join(folder, 'usage.sqlite');
  const bytes = await readFile(file);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const ledger = await open(folder);
  expect(['old', 'flushed'].map(id => ledger.knows(id))).toEqual([true, true]);
  expect(ledger.warnings).toEqual([expect.stringContaining('damaged')]);
  await ledger.close();
});
