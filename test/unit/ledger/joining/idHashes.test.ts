import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashId, IdHashes } from '../../../../src/ledger/joining/idHashes.ts';
import { makeFolder, makeRecord, noon, open } from '../makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 365 * 86_400_000 };

describe('the hashes of known ids', () => {
  it('never deny one that was added, however many there are', () => {
    const known = new IdHashes();
    const ids = Array.from({ length: 20_000 }, (_, i) => `req_${i}`);
    for (const id of ids) {
      known.add(hashId(id));
    }
    expect(ids.every(id => known.has(hashId(id)))).toBe(true);
    const strangers = ids.filter(id => known.has(hashId(`other_${id}`)));
    expect(strangers.length).toBeLessThan(5);
  });

  it('are those of a set', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer())),
        fc.array(fc.integer()),
        (in_, out) => {
          const known = new IdHashes();
          for (const hash of in_) {
            known.add(hash);
          }
          const set = new Set(in_);
          return [...in_, ...out, 0].every(hash => known.has(hash) === set.has(hash));
        },
      ),
    );
  });
});

describe('a ledger that is opened anew', () => {
  it('knows all ids of before, from the first record on and after they were read', async () => {
    const folder = await makeFolder();
    const first = await open(folder);
    const records = Array.from({ length: 300 }, (_, i) =>
      makeRecord({ ids: [`a${i}`, `b${i}`], requestId: `a${i}`, timestamp: noon + i }),
    );
    await first.append(records);
    await first.close();
    const again = await open(folder);
    expect((await again.append([makeRecord({ ids: ['b7'] })]))[0]?.duplicate).toBe(true);
    await new Promise(resolve => setTimeout(resolve, 50));
    const repeats = await again.append(records.map(({ ids }, i) => makeRecord({ ids: [ids[i % 2] ?? ''] })));
    expect(repeats.every(({ duplicate }) => duplicate)).toBe(true);
    expect((await again.append([makeRecord({ ids: ['c1'] })]))[0]?.duplicate).toBe(false);
    expect(again.sum(all).requests).toBe(301);
    await again.close();
  });
});

describe('an id that many exchanges of a gateway share', () => {
  it('leads to a few of them only, so that it stays fast, and each exchange is a call', async () => {
    const ledger = await open(await makeFolder());
    const exchange = (i: number) =>
      makeRecord({ ids: [`g${i}`, 'chatcmpl-1'], requestId: 'chatcmpl-1', signal: 'gateway', timestamp: noon + i });
    const time = async (from: number): Promise<number> => {
      const start = performance.now();
      for (let i = from; i < from + 100; i++) {
        await ledger.append([exchange(i)]);
      }
      return performance.now() - start;
    };
    const first = await time(0);
    await ledger.append(Array.from({ length: 2000 }, (_, i) => exchange(1000 + i)));
    const later = await time(9000);
    console.log(`100 exchanges with one id: ${first.toFixed(0)} ms, after 2,100 others ${later.toFixed(0)} ms`);
    expect(ledger.sum(all).requests).toBe(2200);
    expect(ledger.findByIds(['chatcmpl-1']).length).toBeLessThanOrEqual(4);
    // Another report belongs to one of them, and joins none to another.
    await ledger.append([makeRecord({ ids: ['chatcmpl-1'], signal: 'response', timestamp: noon + 3 })]);
    await ledger.append([makeRecord({ ids: ['g9001'], signal: 'response', timestamp: noon + 9001 })]);
    expect(ledger.sum(all).requests).toBe(2200);
    expect(ledger.findByIds(['g3'])[0]?.signals).toEqual(['gateway', 'response']);
    expect(ledger.findByIds(['g2'])[0]?.signals).toEqual(['gateway']);
    await ledger.close();
  });
});
