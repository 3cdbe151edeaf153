import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, makeRecord, makeTokens, noon, open, price } from './makeLedger.ts';

const today = { fromMs: Date.UTC(2026, 10, 22), toMs: Date.UTC(2026, 10, 23) };
const quarter = 900_000;

describe('one call, one row', () => {
  it('answers a repeated request id as a duplicate and counts it once', async () => {
    const ledger = await open(await makeFolder());
    const [first] = await ledger.append([makeRecord({ requestId: 'r1' })]);
    const [second] = await ledger.append([makeRecord({ requestId: 'r1', model: 'another' })]);
    expect(first).toMatchObject({ duplicate: false, costNanoUsd: 6_000_000, costBasis: 'priced' });
    expect(second).toMatchObject({ duplicate: true, id: first?.id });
    expect(ledger.sum(today)).toMatchObject({ requests: 1, costNanoUsd: 6_000_000 });
    await ledger.close();
  });

  it('counts records without an id every time', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([makeRecord(), makeRecord(), makeRecord()]);
    expect(ledger.sum(today).requests).toBe(3);
    await ledger.close();
  });

  it('joins two rows when a third record knows both ids', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([
      makeRecord({ ids: ['req_1'], signal: 'otlp_log' }),
      makeRecord({ ids: ['msg_1'], signal: 'transcript' }),
    ]);
    expect(ledger.sum(today).requests).toBe(2);
    const [joined] = await ledger.append([makeRecord({ ids: ['msg_1', 'req_1'], signal: 'gateway' })]);
    expect(joined?.duplicate).toBe(true);
    expect(ledger.sum(today)).toMatchObject({ requests: 1, promptTokens: 1000, costNanoUsd: 6_000_000 });
    expect(ledger.recent(9)).toEqual([expect.objectContaining({ signal: 'gateway' })]);
    await ledger.append([makeRecord({ ids: ['req_1'], signal: 'otlp_log' })]);
    expect(ledger.sum(today).requests).toBe(1);
    await ledger.close();
  });

  it('prices a growing call anew and leaves it at the time it was stored with', async () => {
    const ledger = await open(await makeFolder());
    const early = { ids: ['m'], completeness: 'lower_bound', timestamp: noon - quarter } as const;
    await ledger.append([makeRecord({ ...early, tokens: makeTokens({ output: 1 }) })]);
    await ledger.append([makeRecord({ ids: ['m'] })]);
    const whole = { requests: 1, completionTokens: 500, costNanoUsd: 6_000_000 };
    expect(ledger.sum({ fromMs: noon - quarter, toMs: noon })).toMatchObject(whole);
    expect(ledger.sum(today)).toMatchObject(whole);
    await ledger.close();
  });
});

describe('what is kept', () => {
  it('is there again after opening the folder anew, from the journal alone', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    await ledger.append([makeRecord({ requestId: 'r1' }), makeRecord({ model: 'mystery', sessionId: null })]);
    await ledger.markNotice('daily:2026-11-22:80');
    // No close: what a killed process leaves is the journal.
    const again = await open(folder);
    expect(again.sum(today)).toEqual(ledger.sum(today));
    expect(again.recent(9)).toEqual(ledger.recent(9));
    expect(again.isNoticeMarked('daily:2026-11-22:80')).toBe(true);
    expect(again.isNoticeMarked('daily:2026-11-22:100')).toBe(false);
    await again.append([makeRecord({ requestId: 'r1' })]);
    expect(again.count()).toBe(2);
  });

  it('is the same from snapshot, from journal and from both', async () => {
    const folder = await makeFolder();
    let ledger = await open(folder);
    for (let round = 0; round < 4; round++) {
      await ledger.append([makeRecord({ requestId: `r${round}` }), makeRecord({ requestId: 'r0', team: `t${round}` })]);
      if (round % 2 === 0) {
        await ledger.flush();
      } else {
        await ledger.close();
        ledger = await open(folder);
      }
    }
    expect(ledger.sum(today)).toMatchObject({ requests: 4, costNanoUsd: 24_000_000 });
    await ledger.close();
  });

  it('survives a damaged snapshot: set aside with its bytes, rebuilt, reported', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    for (let i = 0; i < 3; i++) {
      await ledger.append([makeRecord({ requestId: `r${i}` })]);
      await ledger.flush();
    }
    await ledger.close();
    const path = join(folder, 'usage.sqlite');
    const bytes = await readFile(path);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const again = await open(folder);
    expect(again.sum(today).requests).toBe(3);
    expect(again.warnings).toEqual([expect.stringContaining('usage.sqlite was changed outside Spend Lens or damaged')]);
    expect(await readFile(`${path}.damaged-${noon}`)).toEqual(bytes);
    await again.close();
    expect((await open(folder)).warnings).toEqual([]);
  });
});

describe('the sums', () => {
  it('agree between rollups and calls at every cut of a bucket', async () => {
    const ledger = await open(await makeFolder());
    const offsets = [0, 1, quarter - 1, quarter, quarter + 7, 3 * quarter, 4 * quarter - 1];
    await ledger.append(offsets.map(offset => makeRecord({ timestamp: noon + offset })));
    for (const from of [-1, 0, 1, quarter - 1, quarter, 2 * quarter + 3]) {
      for (const to of [1, quarter, quarter + 8, 3 * quarter + 1, 5 * quarter]) {
        const expected = offsets.filter(offset => offset >= from && offset < to).length;
        expect(ledger.sum({ fromMs: noon + from, toMs: noon + to }).requests, `${from}..${to}`).toBe(expected);
      }
    }
    await ledger.close();
  });

  it('group by every key, nulls as their own group', async () => {
    const ledger = await open(await makeFolder());
    await ledger.append([
      makeRecord({ taskType: 'review', latencyMs: 100 }),
      makeRecord({ taskType: null, latencyMs: 300 }),
      makeRecord({ taskType: null, sessionId: 's2', timestamp: noon + 12 * 3_600_000 - 1 }),
    ]);
    const byTask = ledger.group(today, ['task_type'], 'UTC');
    expect(byTask.map(({ key, sums }) => [key.task_type, sums.requests])).toEqual(
      expect.arrayContaining([
        ['review', 1],
        [null, 2],
      ]),
    );
    const bySession = ledger.group(today, ['session_id', 'day'], 'Asia/Tokyo');
    expect(bySession.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        { session_id: 's1', day: '2026-11-22' },
        { session_id: 's2', day: '2026-11-23' },
      ]),
    );
    expect(ledger.sum(today)).toMatchObject({ latencyMs: 400, timedRequests: 2 });
    await ledger.close();
  });

  it('tell unpriced calls apart and price them when a rate is known', async () => {
    const folder = await makeFolder();
    let isKnown = false;
    const ledger = await open(folder, {
      price: record => (isKnown && record.model === 'mystery' ? price({ ...record, model: 'gpt-4.1' }) : price(record)),
    });
    await ledger.append(Array.from({ length: 1203 }, (_, i) => makeRecord({ model: i % 3 ? 'mystery' : 'gpt-4.1' })));
    expect(ledger.unpricedModels(today)).toEqual(['mystery']);
    expect(ledger.sum(today)).toMatchObject({
      unpricedRequests: 802,
      costedRequests: 401,
      costNanoUsd: 401 * 6_000_000,
    });
    expect(await ledger.priceWaiting()).toBe(0);
    isKnown = true;
    expect(await ledger.priceWaiting()).toBe(802);
    expect(ledger.sum(today)).toMatchObject({ unpricedRequests: 0, costNanoUsd: 1203 * 6_000_000 });
    expect((await open(folder)).sum(today).unpricedRequests).toBe(0);
  });
});

describe('many writers', () => {
  it('lose nothing and double nothing when they come at once', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, i) => ledger.append([makeRecord({ requestId: `r${i % 200}` })])),
    );
    expect(answers.flat().filter(({ duplicate }) => duplicate)).toHaveLength(100);
    await Promise.all([ledger.flush(), ledger.append([makeRecord({ requestId: 'late' })]), ledger.flush()]);
    expect(ledger.sum(today).requests).toBe(201);
    await ledger.close();
    expect((await open(folder)).count()).toBe(201);
  });
});

describe('a closing ledger', () => {
  it('finishes what it had taken and refuses what comes after, without storing it', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    const before = ledger.append([makeRecord({ requestId: 'before' })]);
    const closing = ledger.close();
    const after = ledger.append([makeRecord({ requestId: 'after' })]);
    const ends = await Promise.allSettled([before, closing, after]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((await open(folder)).count()).toBe(1);
  });
});
