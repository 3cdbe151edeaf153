import type { NoticeAction, NoticeItem } from '../../api/contract.ts';
import type { Log } from '../lifecycle/log.ts';
import { formatMark, type NoticeKey } from './noticeId.ts';
import type { NoticeMarks } from './noticeMarks.ts';
import { type NoticeTarget, NoticeTargets } from './noticeTargets.ts';

/** Something that may be worth a notice, as it stands: a budget, or spend far above the usual. */
export interface Watched {
  /** Of the budget, or `runaway`. */
  readonly key: string;
  /** Names of its period (core/budget/period.ts): what was marked under any of them is marked; new marks get the first. */
  readonly periods: readonly string[];
  /** The thresholds that were crossed and notify, percent, ascending. */
  readonly crossed: readonly number[];
  /** When a leave to overdraw it was over, epoch ms; 0 for never. From then on its end is told once more. */
  readonly allowanceEnd: number;
  readonly marks: NoticeMarks;
  /** Any window may show it, not only those of this ledger. */
  readonly isMachineWide: boolean;
  describe(threshold: number): NoticeItem;
  /** The line for the log when a threshold is crossed. */
  logLine(threshold: number): string;
}

export interface WatchReading {
  /** `YYYY-MM-DD` in the ledger's zone: how long "Not Today" lasts. */
  readonly day: string;
  /** Whether the user wants notifications. */
  readonly isNotifying: boolean;
  /** The tightest first. */
  readonly watched: readonly Watched[];
}

export interface BudgetWatchOptions {
  /** Makes a notice's id, so that an answer finds its way back, also to the next engine. */
  readonly idOf: (keys: readonly NoticeKey[]) => string;
  readonly read: () => WatchReading;
  readonly log: Log;
  /** Shared with other ledgers, where there are several. */
  readonly targets?: NoticeTargets | undefined;
  /** Epoch ms. */
  readonly now: () => number;
  /** How long one window has to say that it shows a notice, ms. */
  readonly answerMs?: number;
}

interface Due {
  readonly watched: Watched;
  readonly threshold: number;
  readonly key: NoticeKey;
}

interface OpenNotice {
  due: readonly Due[];
  readonly tried: Set<NoticeTarget>;
  offeredTo: NoticeTarget | null;
  timer: NodeJS.Timeout | null;
}

/** What nobody has been shown yet, in one notice, and the one window that is asked to show it. */
export interface BudgetWatch {
  /** To be called when something was spent. */
  assess(): void;
  /** To be called when anything else changed: takes back what no longer holds, and never makes a notice. */
  review(): void;
  /** Takes thresholds as crossed by history, which notifies nobody: they won't be due any more. */
  pass(crossed: readonly { readonly watched: Watched; readonly thresholds: readonly number[] }[]): Promise<void>;
  /** Adds a window, as the first to be asked; gives the function that takes it away. */
  addTarget(target: NoticeTarget): () => void;
  /** A window's answer to the notice with these keys. */
  answer(keys: readonly NoticeKey[], action: NoticeAction): Promise<void>;
  stop(): void;
}

/** Told at once; more wait for the next notice. */
const maxItems = 10;
const hourMs = 3_600_000;

/** Once per period and threshold, on one window: see ../README.md, "Budgets at work". */
export function createBudgetWatch(options: BudgetWatchOptions): BudgetWatch {
  const { idOf, read, log, targets = new NoticeTargets(), now, answerMs = 5_000 } = options;
  const owner = {};
  let open: OpenNotice | null = null;
  let isMoreDue = false;

  const isMarked = ({ marks, periods, key }: Watched, threshold: string, prefix = '') =>
    periods.some(period => marks.has(prefix + formatMark({ key, period, threshold })));

  const keyOf = ({ key, periods }: Watched, threshold: string): NoticeKey => ({
    key,
    period: periods[0] ?? '',
    threshold,
  });

  function findDue({ day, isNotifying, watched }: WatchReading): readonly Due[] {
    return watched.flatMap(each => {
      const threshold = each.crossed.at(-1);
      if (!isNotifying || threshold === undefined || each.marks.has(`${each.key}:${day}:*`)) {
        return [];
      }
      const token = threshold >= 100 && each.allowanceEnd > 0 ? `${threshold}@${each.allowanceEnd}` : `${threshold}`;
      if (isMarked(each, token)) {
        return [];
      }
      const key = keyOf(each, token);
      const isOurs = !each.isMachineWide || each.marks.claim(`${key.key}:${key.threshold}`, owner);
      return isOurs ? [{ watched: each, threshold, key }] : [];
    });
  }

  const isSame = (a: Due, b: Due) => a.key.key === b.key.key && a.key.threshold === b.key.threshold;

  function release(): void {
    for (const { marks } of read().watched) {
      marks.release(owner);
    }
  }

  function withdraw(): void {
    clearTimeout(open?.timer ?? undefined);
    open = null;
    release();
  }

  function offer(): void {
    const notice = open;
    if (notice === null) {
      return;
    }
    clearTimeout(notice.timer ?? undefined);
    notice.timer = null;
    const wide = notice.due.filter(({ watched }) => watched.isMachineWide);
    const next = targets.list(owner, wide.length > 0).find(({ target }) => !notice.tried.has(target));
    notice.offeredTo = next?.target ?? null;
    if (!next) {
      return;
    }
    notice.tried.add(next.target);
    notice.timer = setTimeout(offer, answerMs);
    notice.timer.unref();
    const told = next.isOwn ? notice.due : wide;
    const items = told.map(({ watched, threshold }) => watched.describe(threshold));
    const [first, ...also] = items;
    if (first) {
      next.target.send({ ...first, id: idOf(told.map(({ key }) => key)), also });
    }
  }

  function logCrossings({ watched }: WatchReading): void {
    for (const each of watched) {
      for (const threshold of each.crossed) {
        if (!isMarked(each, `${threshold}`, 'logged:')) {
          log('warn', each.logLine(threshold));
          void each.marks.add(`logged:${formatMark(keyOf(each, `${threshold}`))}`);
        }
      }
    }
  }

  /** Keeps of the open notice what is still due. */
  function keepDue(due: readonly Due[]): void {
    if (open !== null) {
      open.due = open.due.flatMap(each => due.find(other => isSame(each, other)) ?? []);
      if (open.due.length === 0) {
        withdraw();
      }
    }
  }

  function review(): void {
    if (open !== null) {
      keepDue(findDue(read()));
    }
  }

  function assess(): void {
    const reading = read();
    logCrossings(reading);
    const due = findDue(reading);
    keepDue(due);
    const isNew = due.some(each => !open?.due.some(other => isSame(each, other)));
    if (isNew && open?.offeredTo) {
      isMoreDue = true;
    } else if (isNew) {
      open = { due: due.slice(0, maxItems), tried: new Set(), offeredTo: null, timer: null };
      offer();
    }
  }

  const stopListening = targets.listen({
    onCome: () => {
      review();
      if (open?.offeredTo === null) {
        offer();
      }
    },
    onGone: target => {
      if (open?.offeredTo === target) {
        offer();
      }
    },
  });

  return {
    assess,
    review,
    pass: async crossed => {
      const marks = crossed.flatMap(({ watched, thresholds }) =>
        thresholds.flatMap(threshold => {
          const mark = formatMark(keyOf(watched, `${threshold}`));
          return [mark, `logged:${mark}`].map(each => watched.marks.add(each));
        }),
      );
      await Promise.all(marks);
    },
    addTarget: target => targets.add(owner, target),
    answer: async (keys, action) => {
      const { day, watched } = read();
      const marks = keys.flatMap((key, index) => {
        const found = watched.find(each => each.key === key.key);
        const book = found?.marks ?? watched[0]?.marks;
        const shown = Number.parseFloat(key.threshold);
        const lower = found?.crossed.filter(threshold => threshold < shown) ?? [];
        const shownMarks = [key.threshold, ...lower.map(String)].map(threshold => formatMark({ ...key, threshold }));
        // What is asked for is about the budget that the notice begins with.
        const silence = index === 0 && action === 'silence' ? [`${key.key}:${day}:*`] : [];
        const leave = index === 0 && action === 'allow_hour' ? [book?.allow(key.key, now() + hourMs, now())] : [];
        return [...[...shownMarks, ...silence].map(mark => book?.add(mark)), ...leave];
      });
      const isAnswered =
        open?.due.some(({ key }) => keys.some(given => formatMark(given) === formatMark(key))) ?? false;
      if (open && isAnswered) {
        // Whoever was asked has answered; what was not in that notice goes on.
        open.offeredTo = null;
        clearTimeout(open.timer ?? undefined);
      }
      review();
      if (open && isAnswered) {
        offer();
      } else if (open === null && isMoreDue) {
        isMoreDue = false;
        assess();
      }
      await Promise.all(marks);
    },
    stop: () => {
      stopListening();
      withdraw();
    },
  };
}
