import type { BudgetAnswer, Totals } from '../api/contract.ts';
import type { Labels, Settings } from '../contributions.ts';
import { type BudgetAssessment, notifyingThresholds } from '../core/budget/assess.ts';
import { dayOf, periodRange, resolveZone } from '../core/calendar.ts';
import { createPriceBook, type PriceBook } from '../core/priceBook.ts';
import { computeCost } from '../core/pricing.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import type { Selection } from '../ledger/change.ts';
import type { FailedCall } from '../ledger/failedCalls.ts';
import { StorageError } from '../ledger/files.ts';
import type { Appended, Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/openLedger.ts';
import { assessSpend, formatBudget } from './budgetAnswer.ts';
import { type BudgetWatch, createBudgetWatch } from './budgetWatch.ts';
import { watchDays } from './dayClock.ts';
import { type FolderLock, lockFolder } from './folderLock.ts';
import { hashFolder } from './lockPlace.ts';
import type { Log } from './log.ts';
import type { MachineSums } from './machine/machineSums.ts';
import { keepDeleted } from './metrics/deletedSums.ts';
import { addReadings, readLedger, risesOf } from './metrics/reading.ts';
import { createNewsroom, type Newsroom } from './newsroom.ts';
import { formatNoticeId } from './noticeId.ts';
import { outlineAppended } from './outlines.ts';
import { withPlan } from './plans.ts';
import { appendAdmitted, findCuts, Retention } from './retention.ts';
import { readStoredToken, Token } from './storedToken.ts';
import { computeTotals } from './totals.ts';
import { createWarnings, type Warnings } from './warnings.ts';

export interface LiveLedgerOptions {
  /** Made when missing. */
  readonly folder: string;
  readonly settings: Settings;
  /** Its ingest token; null for the one stored in the folder. */
  readonly token: string | null;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Log;
  /** The sums over all ledgers, where there are several. */
  readonly machine?: MachineSums;
}

/** What of the settings the ledger works with, in one place so that new ones reach it. */
interface InLedger {
  book: PriceBook;
  labels: Labels;
}

/** The mark of a day whose spend the command line added to. */
export const historyKey = (day: string): string => `history:${day}`;

/** Of many calls stored at once, so many are told one by one. */
const maxOutlines = 20;

/** A ledger at work: with its lock, settings and prices, those who watch it, and its budget. */
export class LiveLedger {
  /** 32 hex digits that stand for the folder. */
  readonly id: string;
  readonly folder: string;
  /** Ingest token of this ledger. */
  readonly token: Token;
  readonly ledger: Ledger;
  readonly lock: FolderLock;
  readonly warnings: Warnings = createWarnings();
  readonly news: Newsroom = createNewsroom(() => this.totals());
  readonly watch: BudgetWatch;
  readonly retention: Retention;
  readonly #now: () => number;
  readonly #machine: MachineSums | undefined;
  readonly #inLedger: InLedger;
  #settings: Settings;
  #zone: string;
  /** Cached until something is stored, and for its day. */
  #spent: { readonly fromMs: number; readonly nanoUsd: number } | null = null;
  readonly #stopDays: () => void;

  constructor(
    lock: FolderLock,
    ledger: Ledger,
    token: Token,
    inLedger: InLedger,
    { settings, now, log, machine }: LiveLedgerOptions,
  ) {
    this.id = hashFolder(lock.folder);
    this.folder = lock.folder;
    this.lock = lock;
    this.ledger = ledger;
    this.token = token;
    this.#inLedger = inLedger;
    this.#settings = settings;
    this.#zone = findZone(settings);
    this.#now = now;
    this.#machine = machine;
    this.retention = new Retention(ledger, log);
    this.watch = createBudgetWatch({
      idOf: key => formatNoticeId(this.id, key),
      ledger,
      log,
      readSpend: () => this.#readSpend(),
    });
    this.#stopDays = watchDays({
      now,
      zone: () => this.zone,
      onNewDay: () => {
        this.#retain();
        this.watch.review();
        this.news.touch();
      },
    });
    for (const [index, warning] of ledger.warnings.entries()) {
      this.warnings.alert(`ledger ${index}`, warning);
    }
    this.#passImported();
    this.watch.assess();
    this.#retain();
  }

  get settings(): Settings {
    return this.#settings;
  }

  get book(): PriceBook {
    return this.#inLedger.book;
  }

  /** IANA zone of its days. */
  get zone(): string {
    return this.#zone;
  }

  /** Takes new settings; new prices also price the calls that wait for one. Throws `StorageError`. */
  async applySettings(settings: Settings): Promise<void> {
    const isRepriced = JSON.stringify(settings.prices) !== JSON.stringify(this.#settings.prices);
    this.#settings = settings;
    this.#inLedger.labels = settings.labels;
    this.#zone = findZone(settings);
    this.#spent = null;
    if (isRepriced) {
      this.#inLedger.book = createPriceBook(settings.prices);
      await this.priceWaiting();
    }
    this.#retain();
    this.watch.review();
    this.news.touch();
  }

  /** Prices the calls that wait for a rate. Throws `StorageError`. */
  async priceWaiting(): Promise<void> {
    const priced = await this.ledger.priceWaiting();
    this.#spent = null;
    if (priced > 0) {
      void this.#machine?.onRevised();
    }
    this.news.touch();
  }

  /** Stores records that the retention admits; resolves when they are durable. Throws `StorageError`. */
  async append(records: readonly UsageRecord[]): Promise<Appended[]> {
    const appended = await this.#store(records);
    const isNew = (call: Appended | undefined): call is Appended => call?.duplicate === false;
    const outlines = records.slice(-maxOutlines).flatMap((record, index) => {
      const call = appended[index + Math.max(0, records.length - maxOutlines)];
      return isNew(call) ? outlineAppended(record, call) : [];
    });
    this.news.report(outlines);
    this.watch.assess();
    return appended;
  }

  /**
   * Stores calls of the past, which notify nobody, whatever they bring the spend to; null for one that the retention refuses. Throws
   * `StorageError`.
   */
  async appendHistory(records: readonly UsageRecord[]): Promise<(Appended | null)[]> {
    const before = this.#readSpend();
    const appended = await appendAdmitted(records, this.retention, admitted => this.#store(admitted));
    const { day, crossed } = this.#readSpend();
    const passed = day === before.day ? crossed.filter(threshold => !before.crossed.includes(threshold)) : [];
    await this.watch.pass(day, passed);
    this.news.touch();
    return appended;
  }

  /** Stores calls that no model answered; resolves when they are durable. Throws `StorageError`. */
  async appendFailed(calls: readonly FailedCall[]): Promise<void> {
    await this.ledger.failed.append(calls);
  }

  /** Deletes calls and their sums for good. What was notified stays notified. Throws `StorageError`. */
  async delete(selection: Selection): Promise<void> {
    const before = readLedger(this.ledger);
    try {
      for (const part of divide(this.ledger, selection)) {
        await this.ledger.delete(part);
      }
    } finally {
      const gone = risesOf(addReadings(before, readLedger(this.ledger), -1));
      // What can't be kept makes counters stand still for a while, which is no reason to fail.
      await keepDeleted(this.folder, gone).catch(() => undefined);
      this.#spent = null;
      void this.#machine?.onRevised();
      this.watch.review();
      this.news.touch();
    }
  }

  /** The daily budget after all that is stored. */
  budget(): BudgetAnswer {
    return formatBudget(this.#assess());
  }

  totals(): Totals {
    const { ledger, settings, zone } = this;
    const totals = computeTotals({ ledger, settings, zone, nowMs: this.#now() });
    return this.#machine ? { ...totals, machine: this.#machine.totals(zone) } : totals;
  }

  /** Writes everything and lets the folder go. */
  async close(): Promise<void> {
    this.#stopDays();
    this.watch.stop();
    this.news.stop();
    try {
      await this.ledger.close();
    } finally {
      await this.lock.release();
    }
  }

  async #store(records: readonly UsageRecord[]): Promise<Appended[]> {
    const planned = records.map(record => withPlan(record, this.#settings.plans));
    const appended = await this.ledger.append(planned).catch((error: unknown) => {
      if (error instanceof StorageError) {
        // The same words for every call that is refused, so that it is told once.
        const why = error.isFull ? 'the disk is full' : 'the disk refuses';
        this.warnings.alert('disk', `Usage can't be stored in ${this.folder}: ${why} (${error.code}).`);
      }
      throw error;
    });
    this.warnings.alert('disk', null);
    this.#spent = null;
    this.#machine?.onStored(this.folder, records, appended);
    return appended;
  }

  /** In the background: what is too old is refused from now on, however long dropping it takes. */
  #retain(): void {
    // What fails was logged, but for a ledger that was closed meanwhile.
    this.retention
      .keep(this.#settings['retention.detailDays'], dayOf(this.#now(), this.zone), this.zone)
      .catch(() => undefined);
  }

  #assess(): BudgetAssessment {
    const range = periodRange('today', this.#now(), this.zone);
    if (this.#spent?.fromMs !== range.fromMs) {
      this.#spent = { fromMs: range.fromMs, nanoUsd: this.ledger.sum(range).costNanoUsd };
    }
    return assessSpend(this.#spent.nanoUsd, this.#settings);
  }

  /** What the command line imported while nobody served the folder is history too. */
  #passImported(): void {
    const { day, crossed } = this.#readSpend();
    if (crossed.length > 0 && this.ledger.isNoticeMarked(historyKey(day))) {
      void this.watch.pass(day, crossed);
    }
  }

  #readSpend() {
    const { spentUsd, limitUsd, crossed } = this.#assess();
    return {
      day: dayOf(this.#now(), this.zone),
      spentUsd,
      limitUsd: limitUsd ?? 0,
      crossed: notifyingThresholds(crossed),
      isNotifying: this.#settings['budget.notifications'],
    };
  }
}

/** A long range in parts, so that requests get their turn in between. */
function divide(ledger: Ledger, selection: Selection): Selection[] {
  if (!('range' in selection)) {
    return [selection];
  }
  const { fromMs, toMs } = selection.range;
  const ends = [...findCuts(ledger, selection.range), toMs];
  return ends.map((end, index) => ({ range: { fromMs: ends[index - 1] ?? fromMs, toMs: end } }));
}

/** Asked once per settings: the answer takes longer than a sum over a day. */
function findZone({ timeZone }: Settings): string {
  try {
    return resolveZone(timeZone);
  } catch {
    return resolveZone('');
  }
}

/**
 * Locks a folder and opens its ledger. Throws `FolderHeldError`, and what opening a ledger throws; then the folder is free
 * again.
 */
export async function openLiveLedger(options: LiveLedgerOptions): Promise<LiveLedger> {
  const { folder, settings, now, log } = options;
  const lock = await lockFolder(folder);
  try {
    const inLedger: InLedger = { book: createPriceBook(settings.prices), labels: settings.labels };
    const token = options.token === null ? await readStoredToken(lock.folder) : new Token(options.token);
    const price = (record: UsageRecord) => computeCost(record, inLedger.book);
    const ledger = await openLedger({ folder: lock.folder, price, labels: () => inLedger.labels, now, log });
    const live = new LiveLedger(lock, ledger, token, inLedger, options);
    // Newer price data may know what was unknown.
    await live.priceWaiting().catch(error => log('warn', `Waiting calls could not be priced: ${error.message}`));
    return live;
  } catch (error) {
    await lock.release();
    throw error;
  }
}
