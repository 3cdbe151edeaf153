import { expect, it } from 'vitest';
import { noSums } from '../../../../src/core/sums.ts';
import { createRandom } from '../../../torture/random.ts';
import { makeFolder, makeRecord, makeTokens, noon, open } from '../makeLedger.ts';

const hour = 3_600_000;
const ranges = [
  { fromMs: 0, toMs: noon + 48 * hour },
  { fromMs: noon - hour, toMs: noon + hour },
  // Cuts quarters of an hour at both ends.
  { fromMs: noon - 1234, toMs: noon + 5_000_001 },
];

it('gives the sums that the tables give, whatever is stored, joined, dropped or deleted', async () => {
  const random = createRandom(3);
  const ledger = await open(await makeFolder());
  for (let step = 0; step < 120; step++) {
    const timestamp = noon + random.integer(-3 * hour, 3 * hour);
    const id = `r${random.integer(0, 60)}`;
    const tokens = makeTokens({ output: random.integer(0, 900) });
    const signal = random.next() < 0.5 ? 'gateway' : 'response';
    const model = random.next() < 0.2 ? 'mystery' : 'gpt-4.1';
    await ledger.append([
      makeRecord({ requestId: id, timestamp, tokens, signal, model }),
      makeRecord({ ids: [id, `r${random.integer(0, 60)}`], timestamp: timestamp + 1, latencyMs: 5 }),
    ]);
    if (step === 60) {
      await ledger.prune(noon - 2 * hour);
    }
    if (step === 80) {
      await ledger.delete({ range: { fromMs: noon + 2 * hour, toMs: noon + 3 * hour } });
    }
    for (const range of ranges) {
      // Summed anew each time, and only once from the tables.
      const [anew] = ledger.group(range, [], 'UTC');
      expect(ledger.sum(range), `step ${step}`).toEqual(anew?.sums ?? noSums);
    }
  }
  await ledger.close();
});
