import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DoubleRow } from '../../../../src/engine/machine/doubles.ts';
import { ForwardedElsewhere } from '../../../../src/engine/machine/forwardedElsewhere.ts';
import { makeFolder } from '../../ledger/makeLedger.ts';

const quarter = 1_800_000_000_000 - (1_800_000_000_000 % 900_000);
const idOf = (ledger: string, ms: number) => `${ledger}-${quarter + ms}-0`;
/** A call that the ledgers A and B hold. */
const rows = (extra: 'A' | 'B', ms = 0): DoubleRow[] =>
  ['A', 'B'].map(folder => ({ folder, id: idOf(folder, ms), isExtra: folder === extra }));

function start(path: string, canQueue: (folder: string) => boolean = () => true) {
  const queued: [folder: string, ids: readonly string[]][] = [];
  let tell: (rows: readonly DoubleRow[]) => void = () => {};
  const elsewhere = new ForwardedElsewhere({
    path,
    watch: async onDouble => {
      tell = onDouble;
    },
    requeue: async (folder, ids) => {
      if (!canQueue(folder)) {
        throw new Error(`${folder} is held.`);
      }
      queued.push([folder, ids]);
    },
    log: () => undefined,
  });
  onTestFinished(() => elsewhere.stop());
  return { elsewhere, queued, tell: (...told: Parameters<typeof tell>) => tell(...told) };
}

const readLines = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean);

describe('calls that are forwarded elsewhere', () => {
  it('are those that do not count, and both ledgers tell them anew when that is another one', async () => {
    const path = join(await makeFolder(), 'elsewhere.jsonl');
    const { elsewhere, queued, tell } = start(path);
    const [a, b] = [elsewhere.of('A'), elsewhere.of('B')];
    await a.ready;
    tell(rows('B'));
    expect([a.has(idOf('A', 0)), b.has(idOf('B', 0))]).toEqual([false, true]);
    expect(b.within({ fromMs: quarter, toMs: quarter + 900_000 })).toEqual([idOf('B', 0)]);
    expect(b.within({ fromMs: quarter + 900_000, toMs: quarter + 1_800_000 })).toEqual([]);
    expect(a.within({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })).toEqual([]);
    await expect
      .poll(() => queued)
      .toEqual([
        ['A', [idOf('A', 0)]],
        ['B', [idOf('B', 0)]],
      ]);
    // The same once more is no news.
    tell(rows('B'));
    tell(rows('A'));
    expect([a.has(idOf('A', 0)), b.has(idOf('B', 0))]).toEqual([true, false]);
    await expect.poll(() => queued.length).toBe(4);
  });

  it('can be told again by the ledgers that forward them', async () => {
    const { elsewhere, queued, tell } = start(join(await makeFolder(), 'elsewhere.jsonl'));
    await elsewhere.of('A').ready;
    tell(rows('A', 1));
    tell(rows('B', 2));
    tell(rows('A', 900_000));
    await expect.poll(() => queued.length).toBe(2);
    await elsewhere.requeueInstead('A', { fromMs: quarter, toMs: quarter + 900_000 });
    expect(queued.slice(2)).toEqual([['B', [idOf('B', 1)]]]);
  });

  it('are remembered over restarts, so that nothing is told again without need', async () => {
    const path = join(await makeFolder(), 'elsewhere.jsonl');
    const first = start(path);
    await first.elsewhere.of('A').ready;
    first.tell(rows('B', 1));
    first.tell(rows('A', 2));
    await expect.poll(() => readLines(path)).toHaveLength(4);

    const second = start(path);
    const [a, b] = [second.elsewhere.of('A'), second.elsewhere.of('B')];
    await a.ready;
    expect([a.has(idOf('A', 1)), b.has(idOf('B', 1)), a.has(idOf('A', 2))]).toEqual([false, true, true]);
    // Only what is kept back is kept.
    expect(await readLines(path)).toHaveLength(2);
    second.tell(rows('B', 1));
    second.tell(rows('B', 2));
    await expect
      .poll(() => second.queued)
      .toEqual([
        ['A', [idOf('A', 2)]],
        ['B', [idOf('B', 2)]],
      ]);
  });

  it('are not taken for told while one of the ledgers could not queue them', async () => {
    const path = join(await makeFolder(), 'elsewhere.jsonl');
    const first = start(path, folder => folder !== 'B');
    await first.elsewhere.of('A').ready;
    first.tell(rows('B'));
    await expect.poll(() => first.queued).toEqual([['A', [idOf('A', 0)]]]);
    await first.elsewhere.stop();
    expect(await readLines(path)).toEqual([]);
    const second = start(path);
    await second.elsewhere.of('A').ready;
    second.tell(rows('B'));
    await expect.poll(() => second.queued.map(([folder]) => folder)).toEqual(['A', 'B']);
  });
});
