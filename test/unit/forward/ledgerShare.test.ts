import { describe, expect, it } from 'vitest';
import { shareOf, type Withheld } from '../../../src/forward/ledgerShare.ts';
import { makeFolder, makeRecord, noon, open } from '../ledger/makeLedger.ts';

const range = { fromMs: noon, toMs: noon + 900_000 };

function withhold(ids: readonly string[], ready = Promise.resolve()): Withheld {
  return { ready, has: id => ids.includes(id), within: () => ids };
}

describe('what a ledger forwards', () => {
  it('is without the calls that another one forwards, as calls and in sums', async () => {
    const ledger = await open(await makeFolder());
    await ledger.forwardTo(['a']);
    const [own, other] = await ledger.append([
      makeRecord({ team: 'red' }),
      makeRecord({ team: 'red', requestId: 'r' }),
      makeRecord({ team: null, userId: 'ann' }),
    ]);
    const share = shareOf(ledger, withhold([other?.id ?? '']));
    const outgoing = share.outgoing('a', 9);
    expect(outgoing.map(({ id, row }) => [id === own?.id, id === other?.id, row === null])).toEqual([
      [true, false, false],
      [false, true, true],
      [false, false, false],
    ]);
    const groups = share.group(range, ['model', 'team', 'project', 'user_id'], 'UTC');
    expect(groups.map(({ key, sums }) => [key.team ?? null, key.user_id ?? null, sums.requests]).sort()).toEqual([
      [null, 'ann', 1],
      ['red', makeRecord().userId, 1],
    ]);
    expect(share.group(range, [], 'UTC').map(({ sums }) => sums.costNanoUsd)).toEqual([2 * 6_000_000]);
    expect(share.waiting('a')).toBe(3);
  });

  it('has no group left where all of it is forwarded elsewhere', async () => {
    const ledger = await open(await makeFolder());
    const [call] = await ledger.append([makeRecord()]);
    expect(shareOf(ledger, withhold([call?.id ?? ''])).group(range, ['model'], 'UTC')).toEqual([]);
  });

  it('stays so when retention dropped the call, whose sums it keeps', async () => {
    const ledger = await open(await makeFolder());
    const [call] = await ledger.append([makeRecord(), makeRecord()]);
    const row = ledger.call(call?.id ?? '');
    await ledger.prune(noon + 3_600_000, row ? [row] : []);
    expect(ledger.call(call?.id ?? '')).toBeUndefined();
    const [group] = shareOf(ledger, withhold([call?.id ?? ''])).group(range, ['model'], 'UTC');
    expect(group?.sums.requests).toBe(1);
  });

  it('is not read before it is known', async () => {
    const ledger = await open(await makeFolder());
    const { promise, resolve } = Promise.withResolvers<void>();
    const read: string[] = [];
    const reading = shareOf(ledger, withhold([], promise)).settled(() => read.push('read'));
    await ledger.append([makeRecord()]);
    expect(read).toEqual([]);
    resolve();
    await reading;
    expect(read).toEqual(['read']);
  });
});
