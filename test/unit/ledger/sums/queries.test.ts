import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupKey } from '../../../../src/core/sums.ts';
import { dayOf, hourOf } from '../../../../src/core/time/calendar.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import { makeFolder, makeRecord, makeTokens, noon, open, price } from '../makeLedger.ts';

const hour = 3_600_000;
const zones = ['UTC', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia'];
const readers: Partial<Record<GroupKey, (record: UsageRecord, zone: string) => string | null>> = {
  model: ({ model }) => model,
  task_type: ({ taskType }) => taskType,
  session_id: ({ sessionId }) => sessionId,
  day: ({ timestamp }, zone) => dayOf(timestamp, zone),
  hour: ({ timestamp }, zone) => hourOf(timestamp, zone),
};

const record = fc
  .record({
    at: fc.integer({ min: -60 * hour, max: 60 * hour }),
    model: fc.constantFrom('gpt-4.1', 'claude', 'mystery'),
    taskType: fc.constantFrom('chat', 'review', null),
    sessionId: fc.constantFrom('s1', 's2', null),
    input: fc.nat(5000),
  })
  .map(({ at, input, ...rest }) => makeRecord({ ...rest, timestamp: noon + at, tokens: makeTokens({ input }) }));
const question = fc.record({
  from: fc.integer({ min: -70 * hour, max: 70 * hour }),
  length: fc.integer({ min: 0, max: 140 * hour }),
  isAligned: fc.boolean(),
  keys: fc.uniqueArray(fc.constantFrom<GroupKey>('model', 'task_type', 'session_id', 'day', 'hour'), { maxLength: 3 }),
  zone: fc.constantFrom(...zones),
});

describe('sums by any keys over any range', () => {
  it('are those of the calls themselves, whichever rollups they come from', async () => {
    const ledger = await open(await makeFolder());
    const records = fc.sample(record, { numRuns: 400, seed: 7 });
    await ledger.append(records);
    fc.assert(
      fc.property(question, ({ from, length, isAligned, keys, zone }) => {
        const align = (ms: number): number => (isAligned ? Math.floor(ms / hour) * hour : ms);
        const range = { fromMs: align(noon + from), toMs: align(noon + from + length) };
        const expected = new Map<string, [number, number, number]>();
        for (const one of records.filter(({ timestamp: at }) => at >= range.fromMs && at < range.toMs)) {
          const key = JSON.stringify(keys.map(name => readers[name]?.(one, zone)));
          const [requests, tokens, cost] = expected.get(key) ?? [0, 0, 0];
          expected.set(key, [requests + 1, tokens + (one.tokens.input ?? 0), cost + (price(one).nanoUsd ?? 0)]);
        }
        const found = ledger
          .group(range, keys, zone)
          .map(({ key, sums }): [string, [number, number, number]] => [
            JSON.stringify(keys.map(name => key[name])),
            [sums.requests, sums.promptTokens, sums.costNanoUsd],
          ]);
        expect(new Map(found)).toEqual(expected);
        expect(found.length).toBe(expected.size);
      }),
      { numRuns: 300 },
    );
    await ledger.close();
  });
});
