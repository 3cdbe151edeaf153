import { expect, it } from 'vitest';
import type { UsageRecord } from '../../../src/core/usageRecord.ts';
import { makeFolder, makeRecord, noon, open, price } from './makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 365 * 86_400_000 };

function priceOrThrow(record: UsageRecord) {
  if (record.model === 'bad') {
    throw new Error('No such thing as a price.');
  }
  return price(record);
}

it('stores what others asked for together with work that fails, once, and nothing of that work', async () => {
  const folder = await makeFolder();
  const ledger = await open(folder, { price: priceOrThrow });
  const good = (id: string) => ledger.append([makeRecord({ requestId: id })]);
  const bad = () => ledger.append([makeRecord({ requestId: 'half', sessionId: 's2' }), makeRecord({ model: 'bad' })]);
  const results = await Promise.allSettled([good('a'), bad(), good('b'), bad(), good('a'), good('c')]);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ]);
  expect(ledger.sum(all)).toMatchObject({ requests: 3, costNanoUsd: 18_000_000 });
  await ledger.close();
  const again = await open(folder);
  expect(again.sum(all)).toMatchObject({ requests: 3, costNanoUsd: 18_000_000 });
  expect(again.group(all, ['session_id'], 'UTC').map(({ key }) => key.session_id)).toEqual(['s1']);
  expect(again.knows('half')).toBe(false);
  await again.close();
});

it('stores a large body in steps, between which readers see sums that fit the rows', async () => {
  const ledger = await open(await makeFolder());
  const count = 1000;
  const records = Array.from({ length: count }, (_, i) => makeRecord({ requestId: `r${i}`, timestamp: noon + i }));
  let isDone = false;
  const appending = ledger.append(records).finally(() => {
    isDone = true;
  });
  const seen: number[] = [];
  while (!isDone) {
    const { requests } = ledger.sum(all);
    if (requests !== seen.at(-1)) {
      expect(ledger.recent(count)).toHaveLength(requests);
      seen.push(requests);
    }
    await new Promise(resolve => setImmediate(resolve));
  }
  await appending;
  expect(seen.some(requests => requests > 0 && requests < count)).toBe(true);
  expect(ledger.sum(all).requests).toBe(count);
  await ledger.close();
});
