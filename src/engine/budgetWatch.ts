import type { Notice, NoticeAction } from '../api/contract.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Log } from './log.ts';

/** Today's spend against the daily budget, as the watch needs it. */
export interface SpendToday {
  /** `YYYY-MM-DD` in the ledger's zone. */
  readonly day: string;
  readonly spentUsd: number;
  readonly limitUsd: number;
  /** The thresholds that were crossed and notify, percent, ascending. */
  readonly crossed: readonly number[];
  /** Whether the user wants notifications. */
  readonly isNotifying: boolean;
}

/** A window that can show a notice. */
export interface NoticeTarget {
  send(notice: Notice): void;
}

export interface BudgetWatchOptions {
  /** Makes a notice's id from its key, so that an answer finds its way back, also to the next engine. */
  readonly idOf: (key: string) => string;
  readonly ledger: Pick<Ledger, 'isNoticeMarked' | 'markNotice'>;
  readonly readSpend: () => SpendToday;
  readonly log: Log;
  /** How long one window has to say that it shows a notice, ms. */
  readonly answerMs?: number;
}

interface OpenNotice {
  readonly day: string;
  readonly threshold: number;
  readonly tried: Set<NoticeTarget>;
  offeredTo: NoticeTarget | null;
  timer: NodeJS.Timeout | null;
}

/** The highest threshold whose crossing nobody has been shown yet, and the one window that is asked to show it. */
export interface BudgetWatch {
  /** To be called when something was spent. */
  assess(): void;
  /** To be called when anything else changed: takes a notice back that no longer holds, and never makes one. */
  review(): void;
  /** Takes thresholds as crossed by history, which notifies nobody: they won't be due any more. */
  pass(day: string, thresholds: readonly number[]): Promise<void>;
  /** Adds a window, as the first to be asked; gives the function that takes it away. */
  addTarget(target: NoticeTarget): () => void;
  /** A window's answer to the notice with this key. */
  answer(key: string, action: NoticeAction): Promise<void>;
  stop(): void;
}

const keyOf = (day: string, threshold: number | '*') => `daily:${day}:${threshold}`;

/** Once per day and threshold, on one window: see README.md, "Budgets at work". */
export function createBudgetWatch({ idOf, ledger, readSpend, log, answerMs = 5_000 }: BudgetWatchOptions): BudgetWatch {
  /** Newest last. */
  const targets: NoticeTarget[] = [];
  /** What is marked or about to be: a full disk must not make a notice come again. */
  const marked = new Set<string>();
  let open: OpenNotice | null = null;

  const isMarked = (key: string) => marked.has(key) || ledger.isNoticeMarked(key);

  async function mark(key: string): Promise<void> {
    if (!isMarked(key)) {
      marked.add(key);
      await ledger.markNotice(key).catch((error: Error) => {
        log('error', `Could not store that a budget notice was shown: ${error.message}`);
      });
    }
  }

  function withdraw(): void {
    clearTimeout(open?.timer ?? undefined);
    open = null;
  }

  function offer(): void {
    const notice = open;
    if (notice === null) {
      return;
    }
    clearTimeout(notice.timer ?? undefined);
    notice.timer = null;
    notice.offeredTo = targets.findLast(target => !notice.tried.has(target)) ?? null;
    if (notice.offeredTo === null) {
      return;
    }
    const { spentUsd, limitUsd } = readSpend();
    notice.tried.add(notice.offeredTo);
    notice.timer = setTimeout(offer, answerMs);
    notice.timer.unref();
    notice.offeredTo.send({
      id: idOf(keyOf(notice.day, notice.threshold)),
      budget: 'daily',
      threshold: notice.threshold,
      spent_usd: spentUsd,
      limit_usd: limitUsd,
    });
  }

  function logCrossings({ day, spentUsd, limitUsd, crossed }: SpendToday): void {
    for (const threshold of crossed) {
      const key = `logged:${keyOf(day, threshold)}`;
      if (!isMarked(key)) {
        log('warn', `Daily budget: ${threshold}% of $${limitUsd} crossed, $${spentUsd.toFixed(2)} spent on ${day}.`);
        void mark(key);
      }
    }
  }

  /** The threshold to be shown now, or null. */
  function findDue({ day, crossed, isNotifying }: SpendToday): number | null {
    const highest = crossed.at(-1);
    const isDue = highest !== undefined && isNotifying && !isMarked(keyOf(day, '*')) && !isMarked(keyOf(day, highest));
    return isDue ? highest : null;
  }

  function review(): void {
    if (open !== null) {
      const spend = readSpend();
      if (spend.day !== open.day || findDue(spend) !== open.threshold) {
        withdraw();
      }
    }
  }

  return {
    review,
    assess: () => {
      const spend = readSpend();
      logCrossings(spend);
      review();
      const due = findDue(spend);
      if (due !== null && open === null) {
        open = { day: spend.day, threshold: due, tried: new Set(), offeredTo: null, timer: null };
        offer();
      }
    },
    pass: async (day, thresholds) => {
      const keys = thresholds.map(threshold => keyOf(day, threshold));
      await Promise.all([...keys, ...keys.map(key => `logged:${key}`)].map(mark));
    },
    addTarget: target => {
      targets.push(target);
      review();
      if (open?.offeredTo === null) {
        offer();
      }
      return () => {
        targets.splice(targets.indexOf(target), 1);
        if (open?.offeredTo === target) {
          offer();
        }
      };
    },
    answer: async (key, action) => {
      const [, day = '', threshold = ''] = key.split(':');
      const { crossed } = readSpend();
      const shown = Number(threshold);
      const keys = [shown, ...crossed.filter(lower => lower < shown)].map(each => keyOf(day, each));
      const marks = Promise.all([...keys, ...(action === 'silence' ? [keyOf(day, '*')] : [])].map(mark));
      review();
      await marks;
    },
    stop: withdraw,
  };
}
