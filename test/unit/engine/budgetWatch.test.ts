import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice } from '../../../src/api/contract.ts';
import { type BudgetWatch, createBudgetWatch, type SpendToday } from '../../../src/engine/budgetWatch.ts';

/** Marks that outlive a watch, as the ledger's do. */
let marks: Set<string>;
let spend: SpendToday;
let log: string[];
let watch: BudgetWatch;

function createWatch(): BudgetWatch {
  return createBudgetWatch({
    idOf: key => key,
    ledger: {
      isNoticeMarked: key => marks.has(key),
      markNotice: async key => {
        marks.add(key);
      },
    },
    readSpend: () => spend,
    log: (level, message) => log.push(`${level} ${message}`),
  });
}

/** A window that remembers the thresholds it was asked to show. */
function addWindow(to = watch) {
  const notices: Notice[] = [];
  const leave = to.addTarget({ send: notice => notices.push(notice) });
  return {
    notices,
    leave,
    get thresholds() {
      return notices.map(notice => notice.threshold);
    },
  };
}

const cross = (...crossed: number[]) => {
  spend = { ...spend, crossed, spentUsd: (crossed.at(-1) ?? 0) / 20 };
};

beforeEach(() => {
  vi.useFakeTimers();
  marks = new Set();
  log = [];
  spend = { day: '2026-11-22', spentUsd: 0, limitUsd: 5, crossed: [], isNotifying: true };
  watch = createWatch();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('budget notices', () => {
  it('asks one window, the newest, once per threshold', async () => {
    const [old, young] = [addWindow(), addWindow()];
    watch.assess();
    cross(80);
    watch.assess();
    watch.assess();
    expect([old.notices, young.notices]).toEqual([
      [],
      [{ id: 'daily:2026-11-22:80', budget: 'daily', threshold: 80, spent_usd: 4, limit_usd: 5 }],
    ]);
    await watch.answer('daily:2026-11-22:80', 'shown');
    watch.assess();
    await vi.advanceTimersByTimeAsync(60_000);
    cross(80, 100);
    watch.assess();
    expect([old.thresholds, young.thresholds]).toEqual([[], [80, 100]]);
  });

  it('shows only the highest when several are crossed at once, and marks the lower ones too', async () => {
    const window = addWindow();
    cross(80, 100);
    watch.assess();
    await watch.answer('daily:2026-11-22:100', 'shown');
    cross(80);
    watch.assess();
    expect(window.thresholds).toEqual([100]);
    expect([...marks].filter(key => key.startsWith('daily:')).sort()).toEqual([
      'daily:2026-11-22:100',
      'daily:2026-11-22:80',
    ]);
  });

  it('goes to another window when one does not answer within five seconds, and to each once', async () => {
    const windows = [addWindow(), addWindow(), addWindow()];
    cross(80);
    watch.assess();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(windows.map(window => window.thresholds.length)).toEqual([0, 0, 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(windows.map(window => window.thresholds.length)).toEqual([0, 1, 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    watch.assess();
    expect(windows.map(window => window.thresholds.length)).toEqual([1, 1, 1]);
    expect(addWindow().thresholds).toEqual([80]);
  });

  it('goes to another window at once when one leaves', () => {
    const [old, young] = [addWindow(), addWindow()];
    cross(80);
    watch.assess();
    young.leave();
    expect(old.thresholds).toEqual([80]);
  });

  it('waits for a window while the day lasts', () => {
    cross(80);
    watch.assess();
    expect(addWindow().thresholds).toEqual([80]);

    watch = createWatch();
    marks.clear();
    watch.assess();
    spend = { ...spend, day: '2026-11-23', crossed: [] };
    watch.review();
    expect(addWindow().thresholds).toEqual([]);
  });

  it('is quiet after a restart about what was shown, and not about what was not', async () => {
    cross(80);
    watch.assess();
    await watch.answer('daily:2026-11-22:80', 'shown');
    watch = createWatch();
    watch.assess();
    const window = addWindow();
    expect(window.thresholds).toEqual([]);
    cross(80, 100);
    watch.assess();
    watch = createWatch();
    watch.assess();
    expect(addWindow().thresholds).toEqual([100]);
  });

  it('is silent for the rest of the day, and speaks again the next', async () => {
    const window = addWindow();
    cross(80);
    watch.assess();
    await watch.answer('daily:2026-11-22:80', 'silence');
    cross(80, 100);
    watch.assess();
    expect(window.thresholds).toEqual([80]);
    spend = { ...spend, day: '2026-11-23' };
    watch.assess();
    expect(window.thresholds).toEqual([80, 100]);
  });

  it('takes a notice back that no longer holds', () => {
    cross(80);
    watch.assess();
    cross();
    watch.review();
    expect(addWindow().thresholds).toEqual([]);
    spend = { ...spend, isNotifying: false };
    cross(80);
    watch.assess();
    expect(addWindow().thresholds).toEqual([]);
  });

  it('does not notify again when a raised limit is reached again', async () => {
    const window = addWindow();
    cross(80);
    watch.assess();
    await watch.answer('daily:2026-11-22:80', 'shown');
    cross();
    watch.review();
    watch.assess();
    cross(80);
    watch.assess();
    expect(window.thresholds).toEqual([80]);
  });

  it('logs each crossing as a warning once, also after a restart and with notifications off', () => {
    spend = { ...spend, isNotifying: false };
    cross(80);
    watch.assess();
    watch.assess();
    createWatch().assess();
    cross(80, 100);
    watch.assess();
    expect(log).toEqual([
      'warn Daily budget: 80% of $5 crossed, $4.00 spent on 2026-11-22.',
      'warn Daily budget: 100% of $5 crossed, $5.00 spent on 2026-11-22.',
    ]);
  });

  it('remembers what was shown when the disk does not', async () => {
    watch = createBudgetWatch({
      idOf: key => key,
      ledger: { isNoticeMarked: () => false, markNotice: () => Promise.reject(new Error('ENOSPC')) },
      readSpend: () => spend,
      log: (level, message) => log.push(`${level} ${message}`),
    });
    const window = addWindow();
    cross(80);
    watch.assess();
    await watch.answer('daily:2026-11-22:80', 'shown');
    watch.assess();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(window.thresholds).toEqual([80]);
    expect(log.at(-1)).toContain('ENOSPC');
  });
});
