import { cp } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { Estimate } from '../../../../src/ledger/side/estimates.ts';
import { makeFolder, makeRecord, makeTokens, noon, open } from '../makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 365 * 86_400_000 };
const estimate: Estimate = {
  timestamp: noon - 1000,
  model: 'gpt-4.1',
  sessionId: null,
  textHash: 'a1b2',
  fileType: '.prompt.md',
  isExact: false,
  inputTokens: 900,
  inputLow: 800,
  inputHigh: 1100,
  baseTokens: 1000,
  outputTokens: 400,
  costNanoUsd: 5_000_000,
  costLowNanoUsd: 4_800_000,
  costHighNanoUsd: 5_400_000,
};

it('keeps estimates and the calls they turned out to be, over a kill', async () => {
  const folder = await makeFolder();
  const ledger = await open(folder);
  const id = await ledger.estimates.append(estimate);
  const other = await ledger.estimates.append({ ...estimate, timestamp: noon, textHash: null, costNanoUsd: null });
  const [call] = await ledger.append([makeRecord({ requestId: 'r1' })]);
  expect(await ledger.estimates.match(id, call?.id ?? '', true)).toBe(true);
  expect(await ledger.estimates.match('nobody', call?.id ?? '', true)).toBe(false);
  expect(await ledger.estimates.match(other, 'nobody-1-1', true)).toBe(false);
  const copy = await makeFolder();
  await cp(folder, copy, { recursive: true });
  await ledger.close();
  for (const place of [copy, folder]) {
    const again = await open(place);
    const match = {
      call: call?.id,
      matchedAt: noon,
      isWhole: true,
      promptTokens: 1000,
      completionTokens: 500,
      costNanoUsd: 6_000_000,
    };
    expect(again.estimates.list(all)).toEqual([
      { ...estimate, id, match },
      { ...estimate, timestamp: noon, textHash: null, costNanoUsd: null, id: other, match: null },
    ]);
    await again.close();
  }
});

it('shows the figures of a match as its call is now, also when the call turns out to be another row', async () => {
  const ledger = await open(await makeFolder());
  const id = await ledger.estimates.append(estimate);
  const [, second] = await ledger.append([makeRecord({ requestId: 'a' }), makeRecord({ requestId: 'b' })]);
  await ledger.estimates.match(id, second?.id ?? '', true);
  const tokens = makeTokens({ input: 2000 });
  const [joined] = await ledger.append([makeRecord({ ids: ['a', 'b'], requestId: 'a', tokens, signal: 'gateway' })]);
  const match = { call: joined?.id, promptTokens: 2000 };
  expect(ledger.estimates.list(all)[0]).toMatchObject({ match });
  // What retention drops is still known from the time of the match.
  await ledger.prune(noon + 86_400_000);
  expect(ledger.estimates.list(all)[0]).toMatchObject({ match: { call: joined?.id, promptTokens: 1000 } });
  await ledger.estimates.clear({ fromMs: 0, toMs: noon });
  expect(ledger.estimates.list(all)).toEqual([]);
  await ledger.close();
});
