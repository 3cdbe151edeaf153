import type { BudgetAnswer, Totals } from '../../api/contract.ts';
import type { Settings } from '../../contributions.ts';
import { createPriceBook, type PriceBook } from '../../core/prices/priceBook.ts';
import { dayOf } from '../../core/time/calendar.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { StorageError } from '../../ledger/disk/files.ts';
import type { Appended, Ledger } from '../../ledger/ledger.ts';
import type { FailedCall } from '../../ledger/side/failedCalls.ts';
import type { Selection } from '../../ledger/tables/change.ts';
import { outlineNew } from '../answers/outlines.ts';
import { RecentSessions } from '../answers/recentSessions.ts';
import { computeTotals } from '../answers/totals.ts';
import { type BudgetWatch, createBudgetWatch, type WatchReading } from '../budgets/budgetWatch.ts';
import { CrossingTeller } from '../budgets/crossingTeller.ts';
import { listImported, listPassed } from '../budgets/history.ts';
import { LedgerBudgets } from '../budgets/ledgerBudgets.ts';
import { LedgerSpend } from '../budgets/ledgerSpend.ts';
import { formatNoticeId } from '../budgets/noticeId.ts';
import { NoticeMarks } from '../budgets/noticeMarks.ts';
import { readWatched } from '../budgets/watchReading.ts';
import { KeptEstimates, type TextHashes } from '../estimates/keptEstimates.ts';
import { formatForwarding } from '../forwarding/forwardAnswer.ts';
import { LedgerForwarding } from '../forwarding/ledgerForwarding.ts';
import type { Token } from '../http/storedToken.ts';
import { createWarnings, type Warnings } from '../lifecycle/warnings.ts';
import type { FolderLock } from '../lock/folderLock.ts';
import { hashFolder } from '../lock/lockPlace.ts';
import type { MachineSums } from '../machine/machineSums.ts';
import { withFolder } from '../routing/folderNames.ts';
import { watchDays } from './dayClock.ts';
import { deleteCalls } from './deleteCalls.ts';
import { findZone } from './findZone.ts';
import type { InLedger, LiveLedgerOptions } from './liveLedgerOptions.ts';
import { createNewsroom, type Newsroom } from './newsroom.ts';
import { withPlan } from './plans.ts';
import { appendAdmitted, Retention } from './retention.ts';

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
  /** What was shown, silenced and allowed. */
  readonly marks: NoticeMarks;
  readonly spend: LedgerSpend;
  readonly budgets: LedgerBudgets;
  readonly watch: BudgetWatch;
  readonly retention: Retention;
  readonly forwarding: LedgerForwarding;
  /** Tells programs of crossings; the watch asks windows to show them. */
  readonly crossings: CrossingTeller;
  /** Estimates that wait for their request. */
  readonly estimates: KeptEstimates;
  /** Folders of its workspace, as its last window named them; none of the machine's. */
  workspaceFolders: readonly string[] = [];
  readonly #now: () => number;
  readonly #recent: RecentSessions;
  readonly #machine: MachineSums | undefined;
  readonly #inLedger: InLedger;
  #settings: Settings;
  #zone: string;
  readonly #stopDays: () => void;

  constructor(
    lock: FolderLock,
    ledger: Ledger,
    token: Token,
    inLedger: InLedger,
    { settings, now, log, machine, room = () => null, targets, forwarding }: LiveLedgerOptions,
  ) {
    this.id = hashFolder(lock.folder);
    this.folder = lock.folder;
    this.lock = lock;
    this.ledger = ledger;
    this.#recent = new RecentSessions(ledger, now);
    this.token = token;
    this.#inLedger = inLedger;
    this.#settings = settings;
    this.#zone = findZone(settings);
    this.#now = now;
    this.#machine = machine;
    this.estimates = new KeptEstimates(ledger, now);
    this.retention = new Retention(
      ledger,
      log,
      async (fromMs, before) => (await machine?.leaveBehind(this.folder, ledger, fromMs, before)) ?? [],
    );
    this.marks = new NoticeMarks(ledger, log);
    this.spend = new LedgerSpend(ledger, now);
    this.budgets = new LedgerBudgets({ spend: this.spend, marks: this.marks, machine: room, now });
    this.budgets.apply(settings, this.#zone);
    this.forwarding = new LedgerForwarding({ ...forwarding, ledger, log, onChange: () => this.news.touch() });
    this.watch = createBudgetWatch({
      idOf: keys => formatNoticeId(this.id, keys),
      log,
      now,
      targets,
      read: () => this.#readWatched(),
    });
    this.crossings = new CrossingTeller({
      budgets: this.budgets,
      room,
      tell: event => this.news.cross(event),
      now,
      zone: () => this.zone,
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
    // What the command line imported while nobody served the folder is history too.
    const { watched } = this.#readWatched();
    void this.watch.pass(
      listImported(watched, { marks: this.marks, budgets: this.budgets.list, nowMs: now(), zone: this.zone }),
    );
    this.watch.assess();
    this.crossings.pass();
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
    this.budgets.apply(settings, this.#zone);
    await this.forwarding.use(settings.forward);
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
    if (priced > 0) {
      this.forwarding.wake();
      void this.#machine?.onRevised();
    }
    this.news.touch();
  }

  /** Stores records that the retention admits; resolves when they are durable. `hashes` are of what was sent. Throws `StorageError`. */
  async append(records: readonly UsageRecord[], hashes?: TextHashes): Promise<Appended[]> {
    const appended = await this.#store(records);
    await this.estimates.match(records, appended, hashes);
    this.news.report(outlineNew(records, appended));
    if (this.budgets.hasMoved()) {
      this.watch.assess();
      this.crossings.assess();
    }
    return appended;
  }

  /**
   * Stores calls of the past, which notify nobody, whatever they bring the spend to; null for one that the retention refuses. Throws
   * `StorageError`.
   */
  async appendHistory(records: readonly UsageRecord[]): Promise<(Appended | null)[]> {
    const before = this.#readWatched().watched;
    const appended = await appendAdmitted(records, this.retention, admitted => this.#store(admitted));
    const passed = listPassed(before, this.#readWatched().watched);
    this.crossings.pass();
    await this.watch.pass(passed);
    this.news.touch();
    return appended;
  }

  /** Has calls told again to whom they are forwarded. Throws `StorageError`. */
  async requeue(ids: readonly string[]): Promise<void> {
    await this.ledger.requeue(ids);
    this.forwarding.wake();
  }

  /** Stores calls that no model answered; resolves when they are durable. Throws `StorageError`. */
  async appendFailed(calls: readonly FailedCall[]): Promise<void> {
    await this.ledger.failed.append(calls);
  }

  /** Deletes calls and their sums for good. What was notified stays notified. Throws `StorageError`. */
  async delete(selection: Selection): Promise<void> {
    try {
      await deleteCalls(this.ledger, this.folder, selection);
    } finally {
      void this.#machine?.onRevised();
      this.watch.review();
      this.news.touch();
    }
  }

  /** The tightest budget after all that is stored. */
  budget(): BudgetAnswer {
    const { crossed: _, ...answer } = this.budgets.tightest();
    return answer;
  }

  totals(): Totals {
    const { ledger, zone } = this;
    const totals = computeTotals({ ledger, budgets: this.budgets, recent: this.#recent, zone, nowMs: this.#now() });
    const forward = formatForwarding(this.forwarding.states());
    return {
      ...totals,
      ...(this.#machine ? { machine: this.#machine.totals(zone) } : {}),
      ...(forward.length > 0 ? { forward } : {}),
    };
  }

  /** Writes everything and lets the folder go. */
  async close(): Promise<void> {
    this.#stopDays();
    this.watch.stop();
    this.news.stop();
    await this.forwarding.stop();
    try {
      await this.ledger.close();
    } finally {
      await this.lock.release();
    }
  }

  async #store(records: readonly UsageRecord[]): Promise<Appended[]> {
    const planned = records.map(record => withFolder(withPlan(record, this.#settings.plans), this.workspaceFolders));
    const appended = await this.ledger.append(planned).catch((error: unknown) => {
      if (error instanceof StorageError) {
        // The same words for every call that is refused, so that it is told once.
        const why = error.isFull ? 'the disk is full' : 'the disk refuses';
        this.warnings.alert('disk', `Usage can't be stored in ${this.folder}: ${why} (${error.code}).`);
      }
      throw error;
    });
    this.warnings.alert('disk', null);
    this.#recent.note(records);
    this.#machine?.onStored(this.folder, records, appended);
    this.forwarding.wake();
    return appended;
  }

  /** In the background: what is too old is refused from now on, however long dropping it takes. */
  #retain(): void {
    const { detailSince } = this.ledger;
    // What fails was logged, but for a ledger that was closed meanwhile.
    this.retention
      .keep(this.#settings['retention.detailDays'], dayOf(this.#now(), this.zone), this.zone)
      .then(() => (this.ledger.detailSince === detailSince ? undefined : this.#machine?.onRevised()))
      .catch(() => undefined);
  }

  #readWatched(): WatchReading {
    return readWatched({
      budgets: this.budgets,
      marks: this.marks,
      nowMs: this.#now(),
      zone: this.zone,
      isNotifying: this.#settings['budget.notifications'],
    });
  }
}
