import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notice, NoticeItem } from '../../../../src/api/contract.ts';
import { type BudgetWatch, createBudgetWatch, type Watched } from '../../../../src/engine/budgets/budgetWatch.ts';
import { formatNoticeId, parseNoticeId } from '../../../../src/engine/budgets/noticeId.ts';
import { NoticeMarks } from '../../../../src/engine/budgets/noticeMarks.ts';
import { NoticeTargets } from '../../../../src/engine/budgets/noticeTargets.ts';

type MarkStore = ConstructorParameters<typeof NoticeMarks>[0];

const ledgerId = 'a'.repeat(32);
/** Marks that outlive a watch, as the ledger's do. */
let stored: Set<string>;
let marks: NoticeMarks;
let day: string;
let isNotifying: boolean;
/** Thresholds crossed, by budget. */
let crossed: Record<string, readonly number[]>;
let log: string[];
let watch: BudgetWatch;

const store: MarkStore = {
  isNoticeMarked: key => stored.has(key),
  markNotice: async key => {
    stored.add(key);
  },
  notices: prefix => [...stored].filter(key => key.startsWith(prefix)),
};

function watched(
  key: string,
  from: Record<string, readonly number[]>,
  book: NoticeMarks,
  isMachineWide: boolean,
): Watched {
  const describe = (threshold: number): NoticeItem => ({
    kind: 'budget',
    budget: key,
    period: 'day',
    scope: isMachineWide ? 'machine' : 'workspace',
    threshold,
    spent_usd: threshold / 20,
    limit_usd: 5,
    enforce: 'off',
    forecast_usd: null,
    resets_at: null,
    times: null,
  });
  const until = book.allowedUntil(key);
  return {
    key,
    periods: [day],
    crossed: from[key] ?? [],
    allowanceEnd: until > Date.now() ? 0 : until,
    marks: book,
    isMachineWide,
    describe,
    logLine: threshold => `${key}: ${threshold}% on ${day}.`,
  };
}

function createWatch(targets?: NoticeTargets, machine?: NoticeMarks): BudgetWatch {
  const own = new NoticeMarks(store, (level, message) => log.push(`${level} ${message}`));
  marks = own;
  return createBudgetWatch({
    idOf: keys => formatNoticeId(ledgerId, keys),
    log: (level, message) => log.push(`${level} ${message}`),
    now: Date.now,
    targets,
    read: () => ({
      day,
      isNotifying,
      watched: Object.keys(crossed).map(key => {
        const isMachineWide = machine !== undefined && key !== 'daily';
        return watched(key, crossed, isMachineWide ? machine : own, isMachineWide);
      }),
    }),
  });
}

/** A window that remembers what it was asked to show. */
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

const keysOf = (notice: Notice | undefined) => parseNoticeId(notice?.id ?? '')?.keys ?? [];
const daily = (threshold: number) => [{ key: 'daily', period: day, threshold: `${threshold}` }];
const cross = (...thresholds: number[]) => {
  crossed = { ...crossed, daily: thresholds };
};

beforeEach(() => {
  vi.useFakeTimers();
  stored = new Set();
  log = [];
  day = '2026-11-22';
  isNotifying = true;
  crossed = { daily: [] };
  watch = createWatch();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('budget notices', () => {
  it('ask one window, the newest, once per threshold', async () => {
    const [old, young] = [addWindow(), addWindow()];
    watch.assess();
    cross(80);
    watch.assess();
    watch.assess();
    expect(old.notices).toEqual([]);
    expect(young.notices).toEqual([
      expect.objectContaining({
        id: `${ledgerId}:daily:2026-11-22:80`,
        budget: 'daily',
        threshold: 80,
        spent_usd: 4,
        limit_usd: 5,
        also: [],
      }),
    ]);
    await watch.answer(daily(80), 'shown');
    watch.assess();
    await vi.advanceTimersByTimeAsync(60_000);
    cross(80, 100);
    watch.assess();
    expect([old.thresholds, young.thresholds]).toEqual([[], [80, 100]]);
  });

  it('show only the highest when several are crossed at once, and mark the lower ones too', async () => {
    const window = addWindow();
    cross(80, 100);
    watch.assess();
    await watch.answer(daily(100), 'shown');
    cross(80);
    watch.assess();
    expect(window.thresholds).toEqual([100]);
    expect([...stored].filter(key => key.startsWith('daily:')).sort()).toEqual([
      'daily:2026-11-22:100',
      'daily:2026-11-22:80',
    ]);
  });

  it('go to another window when one does not answer within five seconds, and to each once', async () => {
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

  it('go to another window at once when one leaves', () => {
    const [old, young] = [addWindow(), addWindow()];
    cross(80);
    watch.assess();
    young.leave();
    expect(old.thresholds).toEqual([80]);
  });

  it('wait for a window while the day lasts', () => {
    cross(80);
    watch.assess();
    expect(addWindow().thresholds).toEqual([80]);

    stored.clear();
    watch = createWatch();
    watch.assess();
    day = '2026-11-23';
    cross();
    watch.review();
    expect(addWindow().thresholds).toEqual([]);
  });

  it('are quiet after a restart about what was shown, and not about what was not', async () => {
    cross(80);
    watch.assess();
    await watch.answer(daily(80), 'shown');
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

  it('are silent for the rest of the day, and speak again the next', async () => {
    const window = addWindow();
    cross(80);
    watch.assess();
    await watch.answer(daily(80), 'silence');
    cross(80, 100);
    watch.assess();
    expect(window.thresholds).toEqual([80]);
    day = '2026-11-23';
    watch.assess();
    expect(window.thresholds).toEqual([80, 100]);
  });

  it('are taken back when they no longer hold', () => {
    cross(80);
    watch.assess();
    cross();
    watch.review();
    expect(addWindow().thresholds).toEqual([]);
    isNotifying = false;
    cross(80);
    watch.assess();
    expect(addWindow().thresholds).toEqual([]);
  });

  it('do not come again when a raised limit is reached again', async () => {
    const window = addWindow();
    cross(80);
    watch.assess();
    await watch.answer(daily(80), 'shown');
    cross();
    watch.review();
    watch.assess();
    cross(80);
    watch.assess();
    expect(window.thresholds).toEqual([80]);
  });

  it('log each crossing as a warning once, also after a restart and with notifications off', () => {
    isNotifying = false;
    cross(80);
    watch.assess();
    watch.assess();
    createWatch().assess();
    cross(80, 100);
    watch.assess();
    expect(log).toEqual(['warn daily: 80% on 2026-11-22.', 'warn daily: 100% on 2026-11-22.']);
  });

  it('remember what was shown when the disk does not', async () => {
    store.markNotice = () => Promise.reject(new Error('ENOSPC'));
    try {
      watch = createWatch();
      const window = addWindow();
      cross(80);
      watch.assess();
      await watch.answer(daily(80), 'shown');
      watch.assess();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(window.thresholds).toEqual([80]);
      expect(log.at(-1)).toContain('ENOSPC');
    } finally {
      store.markNotice = async key => {
        stored.add(key);
      };
    }
  });
});

describe('notices of several budgets', () => {
  it('are one when they are crossed at once; “Not Today” silences the one it begins with', async () => {
    const window = addWindow();
    crossed = { daily: [80], 'budget/team': [100], 'budget/calm': [] };
    watch.assess();
    expect(window.notices).toHaveLength(1);
    expect(window.notices[0]).toMatchObject({ budget: 'daily', also: [{ budget: 'budget/team', threshold: 100 }] });
    await watch.answer(keysOf(window.notices[0]), 'shown');
    await watch.answer(keysOf(window.notices[0]), 'silence');
    crossed = { daily: [80, 100], 'budget/team': [100, 120], 'budget/calm': [] };
    watch.assess();
    expect(window.notices.slice(1).map(({ budget, threshold, also }) => [budget, threshold, also])).toEqual([
      ['budget/team', 120, []],
    ]);
  });

  it('come one after the other when one is crossed while a window is asked about another', async () => {
    const [old, young] = [addWindow(), addWindow()];
    cross(80);
    watch.assess();
    crossed = { ...crossed, 'budget/team': [80] };
    watch.assess();
    expect([old.notices.length, young.notices.length]).toEqual([0, 1]);
    await watch.answer(daily(80), 'shown');
    expect(old.notices).toEqual([]);
    expect(young.notices.map(({ budget }) => budget)).toEqual(['daily', 'budget/team']);
  });

  it('are not asked for twice when an earlier one is answered again meanwhile', async () => {
    const [old, young] = [addWindow(), addWindow()];
    cross(80);
    watch.assess();
    await watch.answer(daily(80), 'shown');
    crossed = { ...crossed, 'budget/team': [80] };
    watch.assess();
    await watch.answer(daily(80), 'silence');
    expect([old.notices.length, young.notices.length]).toEqual([0, 2]);
  });

  it('of the whole computer come once, whichever ledger sees the crossing, on any window', async () => {
    const targets = new NoticeTargets();
    const machine = new NoticeMarks(store, () => {});
    const [one, two] = [createWatch(targets, machine), createWatch(targets, machine)];
    crossed = { daily: [], 'budget/all': [80] };
    one.assess();
    two.assess();
    // Only the other ledger has a window.
    const window = addWindow(two);
    expect(window.notices.map(({ budget }) => budget)).toEqual(['budget/all']);
    await one.answer(keysOf(window.notices[0]), 'shown');
    one.assess();
    two.assess();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(window.notices).toHaveLength(1);
  });

  it('go to a window of another ledger without what is none of its business', async () => {
    const targets = new NoticeTargets();
    const machine = new NoticeMarks(store, () => {});
    const [one, two] = [createWatch(targets, machine), createWatch(targets, machine)];
    const foreign = addWindow(two);
    crossed = { daily: [80], 'budget/all': [80] };
    one.assess();
    expect(foreign.notices).toMatchObject([{ budget: 'budget/all', also: [] }]);
    await one.answer(keysOf(foreign.notices[0]), 'shown');
    const own = addWindow(one);
    expect(own.notices).toMatchObject([{ budget: 'daily', also: [] }]);
    expect(foreign.notices).toHaveLength(1);
  });
});

describe('an hour’s leave', () => {
  it('is kept over a restart, and its end is told once', async () => {
    const window = addWindow();
    cross(80, 100);
    watch.assess();
    await watch.answer(daily(100), 'allow_hour');
    expect(marks.allowedUntil('daily')).toBe(Date.now() + 3_600_000);
    const restarted = new NoticeMarks(store, () => {});
    expect(restarted.allowedUntil('daily')).toBe(Date.now() + 3_600_000);
    await restarted.allow('daily', Date.now() + 5, Date.now() + 5);
    expect(new NoticeMarks(store, () => {}).allowedUntil('daily')).toBe(Date.now() + 5);
    await vi.advanceTimersByTimeAsync(3_599_000);
    watch.assess();
    expect(window.thresholds).toEqual([100]);
    await vi.advanceTimersByTimeAsync(1_000);
    watch.assess();
    expect(window.thresholds).toEqual([100, 100]);
    await watch.answer(keysOf(window.notices[1]), 'shown');
    watch.assess();
    expect(window.thresholds).toEqual([100, 100]);
  });
});
