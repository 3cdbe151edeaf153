import { describe, expect, it } from 'vitest';
import { createRandom } from '../../torture/random.ts';
import { FaultyDisk } from './faultyDisk.ts';
import { MemoryDisk } from './memoryDisk.ts';
import { acknowledgedNames, appendNamed, createOutcome, openOn, play, storedNames } from './playLedger.ts';

/** Plays until operation `n`, at which everything stops, and gives what the disk then holds. */
async function haltAt(n: number, start: MemoryDisk) {
  const outcome = createOutcome();
  const faulty = new FaultyDisk(start);
  faulty.faultAt = index => (index >= n ? { kind: 'halt' } : null);
  const isOver = () => faulty.log.length > n;
  const ledger = await openOn(faulty.disk).catch(() => null);
  if (ledger) {
    await play(ledger, outcome, isOver);
    if (!isOver()) {
      await ledger.close().catch(() => undefined);
    }
  }
  return { outcome, isOver: isOver() };
}

const ways: readonly [string, (disk: MemoryDisk, seed: number) => MemoryDisk][] = [
  ['a kill', disk => disk.afterKill()],
  ['a power cut that takes all that was not synced', disk => disk.afterPowerCut()],
  ['a power cut that takes some of it', (disk, seed) => disk.afterPowerCut(createRandom(seed).next)],
  ['another power cut that takes some of it', (disk, seed) => disk.afterPowerCut(createRandom(seed + 1_000_000).next)],
];

describe('everything stops at any operation', () => {
  it.each(ways)('by %s: what was acknowledged is there, once', async (_, after) => {
    for (let n = 0, isMore = true; isMore; n++) {
      const start = new MemoryDisk();
      const { outcome, isOver } = await haltAt(n, start);
      isMore = isOver;
      const disk = after(start, n);
      const again = await openOn(disk);
      const stored = storedNames(again);
      const where = `operation ${n}`;
      expect(stored, where).toEqual([...new Set(stored)]);
      expect(stored, where).toEqual(expect.arrayContaining(acknowledgedNames(outcome)));
      // Whatever else is there was under way.
      const unknown = stored.filter(name => !outcome.acknowledged.includes(name) && !outcome.refused.includes(name));
      expect(unknown, where).toEqual([]);
      // And it goes on from there, over another stop.
      await appendNamed(again, 'afterwards', outcome);
      const third = await openOn(disk.afterPowerCut());
      expect(storedNames(third), where).toEqual([...stored, 'afterwards'].sort());
    }
  });
});
