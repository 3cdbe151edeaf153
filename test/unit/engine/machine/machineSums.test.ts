import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dayOf, periodRange } from '../../../../src/core/time/calendar.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import type { DoubleRow } from '../../../../src/engine/machine/doubles.ts';
import { readKnownFolders } from '../../../../src/engine/machine/knownFolders.ts';
import { MachineSums } from '../../../../src/engine/machine/machineSums.ts';
import type { Ledger } from '../../../../src/ledger/ledger.ts';
import { createRandom } from '../../../torture/random.ts';
import { makeFailed, makeFolder, makeRecord, makeTokens, noon, open } from '../../ledger/makeLedger.ts';

const dayMs = 86_400_000;
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];

/** Folders of ledgers that hold these records and are closed. */
async function fill(root: string, contents: readonly (readonly UsageRecord[])[]): Promise<string[]> {
  const folders = contents.map((_, index) => join(root, `ledger${index}`));
  for (const [index, records] of contents.entries()) {
    const ledger = await open(folders[index] ?? '');
    await ledger.append(records);
    await ledger.close();
  }
  return folders;
}

async function start(root: string, folders: readonly string[], clock = { now: noon }) {
  const known = await readKnownFolders(root);
  for (const folder of folders) {
    await known.add(folder);
  }
  const sums = new MachineSums({ folders: known, onChange: () => {}, now: () => clock.now, log: () => undefined });
  return { sums, clock };
}

async function append(sums: MachineSums, ledger: Ledger, records: readonly UsageRecord[]): Promise<void> {
  sums.onStored(ledger.folder, records, await ledger.append(records));
}

describe('the sums over all ledgers', () => {
  it('are unknown until closed ledgers were looked into, and then hold them', async () => {
    const root = await makeFolder();
    const folders = await fill(root, [[makeRecord()], [makeRecord(), makeRecord()]]);
    const { sums } = await start(root, folders);
    expect(sums.totals('UTC')).toBeNull();
    await sums.start();
    expect(sums.totals('UTC')?.today).toMatchObject({ requests: 3, cost_usd: 0.018 });
    // What is looked into briefly is free again.
    const ledger = await open(folders[0] ?? '');
    await sums.addOpen(ledger.folder, ledger);
    await append(sums, ledger, [makeRecord()]);
    expect(sums.totals('UTC')?.month.requests).toBe(4);
    await ledger.close();
  });

  it('tell which rows of a call count, of calls that there are and of those that come', async () => {
    const root = await makeFolder();
    const same = makeRecord({ requestId: 'x', signal: 'transcript' });
    const folders = await fill(root, [[same, makeRecord({ requestId: 'own' })], [{ ...same, signal: 'response' }]]);
    const { sums } = await start(root, folders);
    await sums.start();
    const told: (readonly DoubleRow[])[] = [];
    await sums.watchDoubles(rows => told.push(rows));
    const summarize = (rows: readonly DoubleRow[] | undefined) =>
      rows?.map(({ folder, isExtra }) => [folders.indexOf(folder), isExtra]).sort();
    expect(summarize(told.at(-1))).toEqual([
      [0, true],
      [1, false],
    ]);
    expect(new Set(told.flatMap(rows => rows.map(({ id }) => id))).size).toBe(2);

    const ledger = await open(folders[0] ?? '');
    onTestFinished(() => ledger.close().catch(() => undefined));
    await sums.addOpen(ledger.folder, ledger);
    told.length = 0;
    await append(sums, ledger, [{ ...same, signal: 'gateway' }]);
    await expect
      .poll(() => summarize(told.at(-1)))
      .toEqual([
        [0, false],
        [1, true],
      ]);
    // A row that is left alone is no news: what was told of it stays.
    told.length = 0;
    await ledger.delete({ range: { fromMs: 0, toMs: noon + dayMs } });
    await sums.onRevised();
    expect(told).toEqual([]);
  });

  it('count failed calls of open and closed ledgers', async () => {
    const root = await makeFolder();
    const folders = await fill(root, [[], []]);
    const { sums } = await start(root, folders);
    for (const [index, folder] of folders.entries()) {
      const ledger = await open(folder);
      await ledger.failed.append([makeFailed({ timestamp: noon + index }), makeFailed({ status: 500 + index })]);
      await (index === 0 ? ledger.close() : sums.addOpen(folder, ledger));
      onTestFinished(() => ledger.close().catch(() => undefined));
    }
    const today = periodRange('today', noon, 'UTC');
    expect(await sums.groupFailed(today, ['status'], 'UTC')).toEqual(
      expect.arrayContaining([
        { key: { status: 429 }, requests: 2 },
        { key: { status: 500 }, requests: 1 },
        { key: { status: 501 }, requests: 1 },
      ]),
    );
  });

  it('are right in any zone, across midnight, the ends of weeks and months, and changes of the clock', async () => {
    const root = await makeFolder();
    const random = createRandom(11);
    const springForward = Date.UTC(2026, 2, 8, 7);
    const stamps = Array.from({ length: 400 }, () => springForward + random.integer(-45 * dayMs, 2 * dayMs));
    const edges = zones.flatMap(zone => {
      const { fromMs } = periodRange('today', springForward, zone);
      return [fromMs - 1, fromMs, fromMs + 1];
    });
    const times = [...stamps, ...edges];
    const records = times.map(timestamp => makeRecord({ timestamp, tokens: makeTokens({ output: 1 }) }));
    const folders = await fill(root, [records.filter((_, i) => i % 3 === 0), records.filter((_, i) => i % 3 === 1)]);
    const { sums, clock } = await start(root, folders, { now: springForward });
    const third = await open(join(root, 'third'));
    await third.append(records.filter((_, i) => i % 3 === 2));
    await sums.start();
    await sums.addOpen(third.folder, third);
    for (let now = springForward - 12 * 3_600_000; now < springForward + 36 * 3_600_000; now += 900_000 * 3 - 1) {
      clock.now = now;
      for (const zone of zones) {
        for (const period of ['today', 'week', 'month'] as const) {
          const { fromMs, toMs } = periodRange(period, now, zone);
          const expected = times.filter(time => time >= fromMs && time < toMs).length;
          expect(sums.totals(zone)?.[period].requests, `${zone} ${dayOf(now, zone)} ${period}`).toBe(expected);
        }
      }
    }
    await third.close();
  });

  it('count a call once that two ledgers hold, with the figures of the better report', async () => {
    const root = await makeFolder();
    const report = (changes: Partial<UsageRecord>) => makeRecord({ ids: ['req_1'], ...changes });
    const [closed = ''] = await fill(root, [[report({ signal: 'transcript', tokens: makeTokens({ output: 10 }) })]]);
    const { sums } = await start(root, [closed]);
    await sums.start();
    const [a, b] = [await open(join(root, 'a')), await open(join(root, 'b'))];
    await sums.addOpen(a.folder, a);
    await sums.addOpen(b.folder, b);
    await append(sums, a, [report({ signal: 'otlp_log', tokens: makeTokens({ output: 20 }) }), makeRecord()]);
    await append(sums, b, [
      report({ signal: 'response', ids: ['msg_1', 'req_1'], tokens: makeTokens({ output: 30 }) }),
    ]);
    const day = periodRange('today', noon, 'UTC');
    expect((await sums.group(day, [], 'UTC')).total).toMatchObject({ requests: 2, completionTokens: 530 });
    expect(sums.totals('UTC')?.today).toMatchObject({ requests: 2, completion_tokens: 530 });
    // The report grows in a ledger that counts, and in one that does not.
    await append(sums, b, [report({ signal: 'response', ids: ['msg_1'], tokens: makeTokens({ output: 40 }) })]);
    await append(sums, a, [report({ signal: 'otlp_log', tokens: makeTokens({ output: 35 }) })]);
    expect(sums.totals('UTC')?.today).toMatchObject({ requests: 2, completion_tokens: 540 });
    // Two exchanges of a gateway are two calls, in whichever ledgers.
    await append(sums, a, [makeRecord({ ids: ['once', 'g1'], signal: 'gateway' })]);
    await append(sums, b, [makeRecord({ ids: ['once', 'g2'], signal: 'gateway' })]);
    expect(sums.totals('UTC')?.today.requests).toBe(4);
    // A third id joins nothing new, and a call without ids is another one each time.
    await append(sums, b, [makeRecord({ ids: ['other'] }), makeRecord()]);
    expect(sums.totals('UTC')?.today.requests).toBe(6);
    await Promise.all([a.close(), b.close()]);
  });

  it('find calls that ledgers share by whatever chain of ids, whichever of them are open', async () => {
    const random = createRandom(5);
    for (let round = 0; round < 12; round++) {
      const root = await makeFolder();
      // Eight calls with four ids each; every report names some of them, in a chain.
      const contents: UsageRecord[][] = [[], [], []];
      for (let call = 0; call < 8; call++) {
        for (let link = 0; link < 3; link++) {
          const ids = [`c${call}-${link}`, `c${call}-${link + 1}`];
          contents[random.integer(0, 2)]?.push(makeRecord({ ids, taskType: `task ${call % 2}` }));
        }
      }
      for (const records of contents) {
        records.sort(() => random.next() - 0.5);
      }
      const folders = await fill(
        root,
        contents.map((records, index) => (index < round % 4 ? records : [])),
      );
      const { sums } = await start(root, folders);
      await sums.start();
      const opened: Ledger[] = [];
      for (const [index, folder] of folders.entries()) {
        if (index >= round % 4) {
          const ledger = await open(folder);
          opened.push(ledger);
          await sums.addOpen(folder, ledger);
          await append(sums, ledger, contents[index] ?? []);
        }
      }
      const day = periodRange('today', noon, 'UTC');
      const { total, groups } = await sums.group(day, ['task_type'], 'UTC');
      expect(total.requests, `round ${round}`).toBe(8);
      expect(groups.map(({ sums: { requests } }) => requests)).toEqual([4, 4]);
      expect(sums.totals('UTC')?.today.requests).toBe(8);
      // Further back than what is kept, everything is looked into again.
      expect((await sums.group({ fromMs: 0, toMs: noon + dayMs }, [], 'UTC')).total.requests).toBe(8);
      await Promise.all(opened.map(ledger => ledger.close()));
    }
  });

  it('count a call once that several ledgers held, also when retention dropped it in one, in both, or deleted it', async () => {
    const root = await makeFolder();
    const old = noon - 3 * dayMs;
    const report = (changes: Partial<UsageRecord>) => makeRecord({ requestId: 'once', timestamp: old, ...changes });
    const folders = await fill(root, [
      [report({ signal: 'gateway', tokens: makeTokens({ output: 700 }) }), makeRecord({ timestamp: old })],
      [report({ signal: 'transcript', timestamp: old + 5000, model: 'gpt-5' }), makeRecord({ timestamp: old + 1 })],
      [report({ signal: 'otlp_log' })],
    ]);
    const { sums } = await start(root, folders);
    await sums.start();
    const [a, b] = [await open(folders[0] ?? ''), await open(folders[1] ?? '')];
    await sums.addOpen(a.folder, a);
    await sums.addOpen(b.folder, b);
    const range = { fromMs: noon - 10 * dayMs, toMs: noon + dayMs };
    const read = async () => {
      const { total, groups } = await sums.group(range, ['model'], 'UTC');
      return { total, models: groups.map(({ key, sums: { requests } }) => `${key.model} ${requests}`).sort() };
    };
    const before = await read();
    expect(before.total).toMatchObject({ requests: 3, completionTokens: 1700 });
    const drop = async (ledger: Ledger) => {
      const cut = noon - dayMs;
      const doubles = await sums.leaveBehind(ledger.folder, ledger, ledger.detailSince, cut);
      await ledger.prune(cut, doubles);
      await sums.onRevised();
    };
    // The third ledger stays closed.
    await drop(a);
    expect(await read()).toEqual(before);
    await drop(b);
    expect(await read()).toEqual(before);
    expect(await sums.group({ ...range, toMs: range.toMs - 1 }, ['model'], 'UTC')).toMatchObject({
      total: before.total,
    });
    await a.close();
    const again = await open(a.folder);
    expect(again.doubles(range)).toHaveLength(1);
    // What is deleted takes what it was counted too much with it.
    await again.delete({ range });
    expect(again.doubles(range)).toEqual([]);
    await Promise.all([again.close(), b.close()]);
  });

  it('follow what was priced later', async () => {
    const root = await makeFolder();
    let isKnown = false;
    const price = (record: UsageRecord) => ({
      nanoUsd: isKnown ? 1_000_000_000 : null,
      basis: isKnown ? ('priced' as const) : ('unpriced' as const),
      rate: null,
      model: record.model,
    });
    const { sums } = await start(root, []);
    await sums.start();
    const [a, b] = [await open(join(root, 'a'), { price }), await open(join(root, 'b'), { price })];
    await sums.addOpen(a.folder, a);
    await sums.addOpen(b.folder, b);
    await append(sums, a, [makeRecord({ ids: ['x'] })]);
    await append(sums, b, [makeRecord({ ids: ['x'] })]);
    expect(sums.totals('UTC')?.today).toMatchObject({ requests: 1, cost_usd: null, unpriced_requests: 1 });
    isKnown = true;
    for (const ledger of [a, b]) {
      await ledger.priceWaiting();
      await sums.onRevised();
    }
    expect(sums.totals('UTC')?.today).toMatchObject({ requests: 1, cost_usd: 1, unpriced_requests: 0 });
    await Promise.all([a.close(), b.close()]);
  });

  it('leave out what is gone or damaged, and a list that is damaged', async () => {
    const root = await makeFolder();
    const folders = await fill(root, [[makeRecord()]]);
    const { sums } = await start(root, [join(root, 'nowhere'), ...folders]);
    await sums.start();
    expect(sums.totals('UTC')?.today.requests).toBe(1);
    // A look changes nothing; whoever opens the ledger sets aside and reports.
    const database = join(folders[0] ?? '', 'usage.sqlite');
    await writeFile(database, 'no database');
    const again = await start(root, folders);
    await again.sums.start();
    expect(again.sums.totals('UTC')?.today.requests).toBe(1);
    expect(await readFile(database, 'utf8')).toBe('no database');
    const opened = await open(folders[0] ?? '');
    expect(opened.warnings).toHaveLength(1);
    await opened.close();
    await writeFile(join(root, 'ledgers.json'), '{"folders":[1,');
    expect((await readKnownFolders(root)).list()).toEqual([]);
  });
});
