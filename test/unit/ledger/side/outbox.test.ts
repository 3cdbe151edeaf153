import { describe, expect, it } from 'vitest';
import { makeFolder, makeRecord, noon, open, price } from '../makeLedger.ts';

const all = { fromMs: 0, toMs: noon + 86_400_000 };

async function openFor(...destinations: string[]) {
  const folder = await makeFolder();
  const ledger = await open(folder);
  await ledger.forwardTo(destinations);
  return { folder, ledger };
}

describe('the outbox', () => {
  it('queues nothing while nothing is forwarded', async () => {
    const { ledger } = await openFor();
    await ledger.append([makeRecord()]);
    expect(ledger.waiting('team')).toBe(0);
    expect(ledger.outgoing('team', 9)).toEqual([]);
  });

  it('queues each call for each destination, and takes away what one has', async () => {
    const { ledger } = await openFor('a', 'b');
    const [first, second] = await ledger.append([makeRecord(), makeRecord({ model: 'gpt-5' })]);
    expect(ledger.outgoing('a', 9).map(({ id }) => id)).toEqual([first?.id, second?.id]);
    await ledger.markForwarded('a', ledger.outgoing('a', 1)[0]?.number ?? 0);
    expect(ledger.outgoing('a', 9).map(({ row }) => row?.record.model)).toEqual(['gpt-5']);
    expect(ledger.waiting('b')).toBe(2);
  });

  it('sends a call again that changed while it was under way', async () => {
    const { ledger } = await openFor('a');
    await ledger.append([makeRecord({ requestId: 'r', completeness: 'lower_bound' })]);
    const [sent] = ledger.outgoing('a', 9);
    await ledger.append([makeRecord({ requestId: 'r', tokens: { ...makeRecord().tokens, output: 900 } })]);
    await ledger.markForwarded('a', sent?.number ?? 0);
    expect(ledger.outgoing('a', 9).map(({ row }) => row?.record.tokens.output)).toEqual([900]);
  });

  it('has one entry for a call that changes often', async () => {
    const { ledger } = await openFor('a');
    for (const output of [1, 2, 3, 4]) {
      await ledger.append([
        makeRecord({ requestId: 'r', completeness: 'lower_bound', tokens: { ...makeRecord().tokens, output } }),
      ]);
    }
    expect(ledger.waiting('a')).toBe(1);
  });

  it('tells of a call that turned out to be another one', async () => {
    const { ledger } = await openFor('a');
    const [kept, joined] = await ledger.append([
      makeRecord({ requestId: 'r1', signal: 'transcript' }),
      makeRecord({ requestId: 'r2', signal: 'otlp_log', timestamp: noon + 1000 }),
    ]);
    await ledger.markForwarded('a', noon + 2);
    await ledger.append([makeRecord({ requestId: 'r1', ids: ['r1', 'r2'], signal: 'response' })]);
    const outgoing = new Map(ledger.outgoing('a', 9).map(({ id, row }) => [id, row?.signals]));
    expect(outgoing.get(kept?.id ?? '')).toHaveLength(3);
    expect(outgoing.get(joined?.id ?? '')).toBeUndefined();
    expect(outgoing.size).toBe(2);
  });

  it('sends a late price', async () => {
    const folder = await makeFolder();
    let isKnown = false;
    const ledger = await open(folder, {
      price: record => price(isKnown ? { ...record, model: 'gpt-4.1' } : record),
    });
    await ledger.forwardTo(['a']);
    await ledger.append([makeRecord({ model: 'mystery' })]);
    const [unpriced] = ledger.outgoing('a', 9);
    await ledger.markForwarded('a', unpriced?.number ?? 0);
    isKnown = true;
    await ledger.priceWaiting();
    expect(ledger.outgoing('a', 9)[0]?.row?.cost.nanoUsd).toBe(6_000_000);
  });

  it('is as it was after a kill, wherever the snapshot was', async () => {
    const { folder, ledger } = await openFor('a');
    await ledger.append([makeRecord(), makeRecord(), makeRecord()]);
    await ledger.flush();
    await ledger.markForwarded('a', noon + 1);
    await ledger.append([makeRecord()]);
    const before = ledger.outgoing('a', 9);
    // Not closed: what is in the journal has to do.
    const again = await open(folder);
    expect(again.outgoing('a', 9)).toEqual(before);
    await again.markForwarded('a', before.at(-1)?.number ?? 0);
    await again.close();
    const third = await open(folder);
    await third.append([makeRecord()]);
    expect(third.outgoing('a', 9).map(({ number }) => number)).toEqual([noon + 5]);
  });

  it('queues what was there before, on demand, and each call once', async () => {
    const { ledger } = await openFor();
    await ledger.append([makeRecord(), makeRecord({ timestamp: noon - 86_400_000 })]);
    await ledger.forwardTo(['a']);
    await ledger.append([makeRecord()]);
    expect(ledger.waiting('a')).toBe(1);
    await ledger.forwardHistory('a', { ...all, fromMs: noon });
    expect(ledger.waiting('a')).toBe(2);
    await ledger.forwardHistory('a', all);
    expect(new Set(ledger.outgoing('a', 9).map(({ id }) => id)).size).toBe(3);
    expect(new Set(ledger.outgoing('a', 9).map(({ number }) => number)).size).toBe(3);
  });

  it('queues single calls again, also one that is under way', async () => {
    const { ledger } = await openFor('a', 'b');
    const [first, second] = await ledger.append([makeRecord(), makeRecord()]);
    const [sent] = ledger.outgoing('a', 9);
    await ledger.requeue([first?.id ?? '', 'unknown']);
    await ledger.markForwarded('a', sent?.number ?? 0);
    expect(ledger.outgoing('a', 9).map(({ id }) => id)).toEqual([second?.id, first?.id]);
    await ledger.markForwarded('a', Number.MAX_SAFE_INTEGER);
    await ledger.requeue([first?.id ?? '']);
    expect(ledger.outgoing('a', 9).map(({ id }) => id)).toEqual([first?.id]);
    expect(ledger.waiting('b')).toBe(2);
  });

  it('keeps what waits while a destination is not named for a while', async () => {
    const { ledger } = await openFor('a');
    await ledger.append([makeRecord()]);
    await ledger.forwardTo([]);
    await ledger.append([makeRecord()]);
    await ledger.forwardTo(['a']);
    expect(ledger.waiting('a')).toBe(2);
  });

  it('is waited for by retention', async () => {
    const { ledger } = await openFor('a');
    await ledger.append([makeRecord()]);
    await ledger.prune(noon + 3_600_000);
    expect(ledger.recent(9)).toHaveLength(1);
    await ledger.markForwarded('a', noon + 1);
    await ledger.prune(noon + 3_600_000);
    expect(ledger.recent(9)).toHaveLength(0);
  });

  it('is waited for no longer than 90 days, and its numbers go on', async () => {
    const { folder, ledger } = await openFor('a');
    const day = 86_400_000;
    await ledger.append([makeRecord(), makeRecord({ timestamp: noon + day })]);
    const [, last] = ledger.outgoing('a', 9);
    await ledger.prune(noon + 90 * day);
    expect(ledger.waiting('a')).toBe(2);
    await ledger.prune(noon + 90 * day + 3_600_000);
    expect(ledger.recent(9)).toHaveLength(1);
    expect(ledger.waiting('a')).toBe(1);
    await ledger.prune(noon + 200 * day);
    const sum = ledger.sum({ ...all, toMs: noon + 2 * day });
    expect([ledger.recent(9).length, ledger.waiting('a'), sum.requests]).toEqual([0, 0, 2]);
    await ledger.close();
    const again = await open(folder);
    await again.append([makeRecord({ timestamp: noon + 300 * day })]);
    expect(again.outgoing('a', 9)[0]?.number).toBeGreaterThan(last?.number ?? 0);
  });
});
