import { describe, expect, it, onTestFinished } from 'vitest';
import { type BudgetFilter, createFilter } from '../../../../src/core/budget/match.ts';
import type { Range } from '../../../../src/core/sums.ts';
import { LedgerSpend, paidCalls } from '../../../../src/engine/budgets/ledgerSpend.ts';
import type { Ledger } from '../../../../src/ledger/ledger.ts';
import { openLedger } from '../../../../src/ledger/openLedger.ts';
import { createRandom } from '../../../torture/random.ts';
import { FaultyDisk } from '../../ledger/faultyDisk.ts';
import { makeFolder, makeRecord, makeTokens, noon, open, price } from '../../ledger/makeLedger.ts';
import { MemoryDisk } from '../../ledger/memoryDisk.ts';

const quarterMs = 900_000;
const dayMs = 86_400_000;

const filters: readonly BudgetFilter[] = [
  paidCalls,
  { match: {}, includeSubscriptions: true },
  { match: { model: 'gpt-4*' }, includeSubscriptions: false },
  { match: { agent: 'codex', taskType: 'review' }, includeSubscriptions: true },
  { match: { user: 'ann', branch: 'main' }, includeSubscriptions: false },
];
const ranges: readonly Range[] = [
  { fromMs: noon - 12 * 3_600_000, toMs: noon + 12 * 3_600_000 },
  { fromMs: noon - 30 * dayMs, toMs: noon + dayMs },
  { fromMs: noon - 96 * quarterMs, toMs: noon + quarterMs },
];

/** The sum by the tables alone. */
function sumByTables(ledger: Ledger, filter: BudgetFilter, range: Range): number {
  const accepts = createFilter(filter);
  const groups = ledger.group(range, ['agent', 'model', 'task_type', 'user_id', 'branch', 'plan'], 'UTC');
  return groups.reduce((sum, { key, sums }) => {
    const { agent = null, model = null, task_type = null, user_id = null, branch = null, plan = null } = key;
    const facet = { agent, model, branch, plan, taskType: task_type, userId: user_id };
    return sum + (accepts(facet) ? sums.costNanoUsd : 0);
  }, 0);
}

function expectEqual(ledger: Ledger, spend: LedgerSpend): void {
  for (const filter of filters) {
    for (const range of ranges) {
      expect(spend.meter(filter).sum(range)).toBe(sumByTables(ledger, filter, range));
    }
  }
}

describe('the sums of budgets', () => {
  it('are those of the tables after every kind of change, and need no look into them for a new call', async () => {
    const random = createRandom(7);
    const pick = <T>(values: readonly T[]): T => values[random.integer(0, values.length - 1)] as T;
    const ledger = await open(await makeFolder());
    onTestFinished(() => ledger.close());
    let looks = 0;
    const counted: Pick<Ledger, 'spend' | 'recent'> = {
      recent: limit => ledger.recent(limit),
      spend: {
        ...ledger.spend,
        quarters: range => {
          looks += 1;
          return ledger.spend.quarters(range);
        },
      },
    };
    const spend = new LedgerSpend(counted, () => noon);
    expectEqual(ledger, spend);
    expect(looks).toBe(filters.length);
    for (let step = 0; step < 150; step++) {
      const records = Array.from({ length: random.integer(1, 4) }, () =>
        makeRecord({
          // Few ids, so that many records meet, grow and join others.
          requestId: pick([null, `r${random.integer(0, 40)}`]),
          ids: random.integer(0, 3) === 0 ? [`r${random.integer(0, 40)}`, `r${random.integer(0, 40)}`] : [],
          timestamp: noon - random.integer(0, 35) * dayMs - random.integer(0, 1440) * 60_000,
          model: pick(['gpt-4.1', 'gpt-5', 'mystery']),
          agent: pick([null, 'codex', 'roo']),
          taskType: pick(['review', 'chat']),
          userId: pick(['ann', null]),
          branch: pick(['main', null]),
          plan: pick([null, 'api', 'subscription'] as const),
          signal: pick(['usage', 'gateway', 'otlp_log', 'otlp_metric', 'transcript'] as const),
          sessionId: `s${random.integer(0, 5)}`,
          tokens: makeTokens({ output: random.integer(0, 5000) }),
        }),
      );
      await ledger.append(
        records.map(record => ({
          ...record,
          ids: [...new Set([...record.ids, ...(record.requestId ? [record.requestId] : [])])],
        })),
      );
      if (step % 10 === 0) {
        expectEqual(ledger, spend);
      }
    }
    expectEqual(ledger, spend);
    expect(looks).toBe(filters.length);
    await ledger.delete({ sessionId: 's1' });
    expectEqual(ledger, spend);
    await ledger.prune(noon - 10 * dayMs);
    expectEqual(ledger, spend);
    await ledger.delete({ range: { fromMs: noon - 20 * dayMs, toMs: noon - 5 * dayMs } });
    expectEqual(ledger, spend);
  });

  it('of a session are those of its calls, whenever it is asked for', async () => {
    const ledger = await open(await makeFolder());
    onTestFinished(() => ledger.close());
    const spend = new LedgerSpend(ledger, () => noon);
    const six = 6_000_000;
    await ledger.append([
      makeRecord(),
      makeRecord({ timestamp: noon - 3 * dayMs }),
      makeRecord({ sessionId: 's2', timestamp: noon - 1 }),
    ]);
    expect(spend.session).toBe('s1');
    expect(spend.meter(paidCalls).sessionSum('s1')).toBe(2 * six);
    await ledger.append([
      makeRecord({ plan: 'subscription' }),
      makeRecord(),
      makeRecord({ sessionId: 's2', timestamp: noon + 1 }),
    ]);
    expect(spend.meter(paidCalls).sessionSum('s1')).toBe(3 * six);
    expect(spend.meter({ match: {}, includeSubscriptions: true }).sessionSum('s1')).toBe(4 * six);
    expect(spend.meter(paidCalls).sessionSum('none')).toBe(0);
    expect(spend.session).toBe('s2');
  });

  it('of the last minutes move on with the time', async () => {
    const ledger = await open(await makeFolder());
    onTestFinished(() => ledger.close());
    let now = noon;
    const spend = new LedgerSpend(ledger, () => now);
    const six = 6_000_000;
    await ledger.append([makeRecord({ timestamp: noon - 50 * 60_000 }), makeRecord({ timestamp: noon - 60_000 })]);
    expect([spend.recent(300_000), spend.recent(3_600_000)]).toEqual([six, 2 * six]);
    await ledger.append([makeRecord({ timestamp: noon }), makeRecord({ timestamp: noon, plan: 'subscription' })]);
    expect([spend.recent(300_000), spend.recent(3_600_000)]).toEqual([2 * six, 3 * six]);
    now = noon + 15 * 60_000;
    expect([spend.recent(300_000), spend.recent(3_600_000)]).toEqual([0, 2 * six]);
    now = noon + 2 * 3_600_000;
    expect(spend.recent(3_600_000)).toBe(0);
  });

  it('forget what the disk refused', async () => {
    const disk = new FaultyDisk(new MemoryDisk());
    const ledger = await openLedger({
      folder: '/ledger',
      price,
      now: () => noon,
      log: () => undefined,
      disk: disk.disk,
    });
    const spend = new LedgerSpend(ledger, () => noon);
    await ledger.append([makeRecord()]);
    expectEqual(ledger, spend);
    const before = spend.meter(paidCalls).sum(ranges[0] as Range);
    disk.faultAt = (_, operation) => (operation === 'datasync' ? { kind: 'error', code: 'ENOSPC' } : null);
    await expect(ledger.append([makeRecord(), makeRecord({ sessionId: 's9' })])).rejects.toThrow();
    disk.faultAt = () => null;
    expect(spend.meter(paidCalls).sum(ranges[0] as Range)).toBe(before);
    expectEqual(ledger, spend);
    await ledger.append([makeRecord()]);
    expectEqual(ledger, spend);
    await ledger.close();
  });

  it('know the median output of a model’s latest calls', async () => {
    const ledger = await open(await makeFolder());
    onTestFinished(() => ledger.close());
    const spend = new LedgerSpend(ledger, () => noon);
    expect(spend.medianOutput('gpt-4.1')).toBeNull();
    for (const output of [10, 1_000_000, 30]) {
      await ledger.append([makeRecord({ tokens: makeTokens({ output }) })]);
    }
    expect(spend.medianOutput('gpt-4.1')).toBe(30);
    expect(new LedgerSpend(ledger, () => noon).medianOutput('gpt-4.1')).toBe(30);
  });
});
