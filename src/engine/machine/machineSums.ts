import type { MachineTotals } from '../../api/contract.ts';
import { type Filter, filterKeys, matchesFilter } from '../../core/filter.ts';
import { addSums, type GroupKey, type GroupSums, noSums, type Range, type Sums } from '../../core/sums.ts';
import { dayOf, periodRange } from '../../core/time/calendar.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { sumsOf } from '../../ledger/joining/lookUps.ts';
import type { Appended, Ledger } from '../../ledger/ledger.ts';
import type { FailedGroup, FailedKey } from '../../ledger/side/failedCalls.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import { formatFigures } from '../answers/figures.ts';
import type { Log } from '../lifecycle/log.ts';
import type { Reading } from '../metrics/reading.ts';
import { AllLedgers } from './allLedgers.ts';
import { AllTimeReading } from './allTimeReading.ts';
import { type ClosedLedgers, createClosedLedgers } from './closedLedgers.ts';
import type { DoubleRow } from './doubles.ts';
import { keyOf } from './keyOf.ts';
import type { KnownFolders } from './knownFolders.ts';

/** Further back than any month or week that today is in. */
const reachMs = 40 * 86_400_000;
const quarterMs = 900_000;

export interface MachineSumsOptions {
  readonly folders: KnownFolders;
  /** The sums have changed. */
  readonly onChange: () => void;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: Log;
}

/** Sums over all ledgers of the user, also those of workspaces that are closed. A call that several ledgers hold counts once. */
export class MachineSums {
  readonly #options: MachineSumsOptions;
  readonly #closedLedgers: ClosedLedgers;
  readonly #recent: AllLedgers;
  readonly #open = new Map<string, Ledger>();
  readonly #allTime: AllTimeReading;
  #looking: Promise<void> = Promise.resolve();
  #isComplete = false;
  #isStopped = false;
  /** By zone and day, until something changes. */
  readonly #totals = new Map<string, MachineTotals>();

  constructor(options: MachineSumsOptions) {
    this.#options = options;
    this.#closedLedgers = createClosedLedgers(options.log);
    const since = Math.floor((options.now() - reachMs) / quarterMs) * quarterMs;
    this.#recent = new AllLedgers(since, this.#closedLedgers, () => this.#touch());
    this.#allTime = new AllTimeReading({
      closedLedgers: this.#closedLedgers,
      closedFolders: () => this.closedFolders(),
      open: this.#open,
      log: options.log,
    });
  }

  /** Looks into every known ledger that is closed, in the background. Until then there are no totals. */
  start(): Promise<void> {
    this.#looking = this.#lookIntoAll();
    return this.#looking;
  }

  /** Looks into no further ledger; resolves when none is being looked into. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#recent.stop();
    this.#allTime.stop();
    return this.#closedLedgers.stop();
  }

  /** To be awaited before a folder's ledger is opened: nobody looks into it any more. */
  whenFree(folder: string): Promise<void> {
    return this.#closedLedgers.whenFree(folder);
  }

  /** A ledger was opened, and stays open. */
  async addOpen(folder: string, ledger: Ledger): Promise<void> {
    this.#open.set(folder, ledger);
    const remembered = this.#options.folders.add(folder).catch((error: Error) => {
      this.#options.log('warn', `ledgers.json could not be written: ${error.message}`);
    });
    await Promise.all([this.#recent.addOpen(folder, ledger), this.#allTime.addOpen(folder, ledger), remembered]);
    this.#touch();
  }

  /** Records were stored in an open ledger. */
  onStored(folder: string, records: readonly UsageRecord[], appended: readonly Appended[]): void {
    for (const [index, { ids }] of records.entries()) {
      this.#recent.look(folder, ids, appended[index]?.id ?? '');
    }
    this.#allTime.onStored(folder, records, appended);
    this.#touch();
  }

  /** Rows of an open ledger changed in another way: they were priced or deleted. Resolves when the sums follow. */
  async onRevised(): Promise<void> {
    this.#touch();
    await Promise.all([this.#recent.review(), this.#allTime.onRevised()]);
    this.#touch();
  }

  /** Tells of the calls that several ledgers hold, now and from now on. Resolves when those that there are were told. */
  async watchDoubles(onDouble: (rows: readonly DoubleRow[]) => void): Promise<void> {
    // By then the ledgers of the windows that come first are open.
    await this.whenLooked();
    await this.#allTime.watchDoubles(onDouble);
  }

  /** Resolves when all closed ledgers were looked into, or could not be. */
  whenLooked(): Promise<void> {
    return this.#looking.catch(() => undefined);
  }

  /** Looks into ledgers that are not open. */
  get closedLedgers(): ClosedLedgers {
    return this.#closedLedgers;
  }

  /** Folders of the known ledgers that are not open. */
  closedFolders(): readonly string[] {
    return this.#options.folders.list().filter(folder => !this.#open.has(folder));
  }

  /** Whether all ledgers were looked into. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** All ledgers of the last weeks: those that are closed as they were read, and what is counted too much. */
  get recent(): Pick<AllLedgers, 'closedSpend' | 'allExtra'> {
    return this.#recent;
  }

  /** Today, this week and this month on this computer; null until all ledgers were looked into. */
  totals(zone: string): MachineTotals | null {
    if (!this.#isComplete) {
      return null;
    }
    const nowMs = this.#options.now();
    const key = `${zone} ${dayOf(nowMs, zone)}`;
    const known = this.#totals.get(key);
    if (known) {
      return known;
    }
    const figures = (period: 'today' | 'week' | 'month') =>
      formatFigures(this.#recent.sum(periodRange(period, nowMs, zone)));
    const totals = { today: figures('today'), week: figures('week'), month: figures('month') };
    this.#totals.set(key, totals);
    return totals;
  }

  /** Sums over a range, as a whole and by keys. Looks into closed ledgers where what is kept of them does not tell. */
  async group(
    range: Range,
    keys: readonly GroupKey[],
    zone: string,
    filter: Filter = {},
  ): Promise<{ total: Sums; groups: GroupSums[] }> {
    const all = await this.#viewSince(range.fromMs);
    const isWhole = range.fromMs % quarterMs === 0 && range.toMs % quarterMs === 0;
    if (keys.length === 0 && isWhole && Object.keys(filter).length === 0) {
      return { total: all.sum(range), groups: [] };
    }
    const parts = [...this.#open.values()].map(ledger => ledger.group(range, keys, zone, filter));
    for (const folder of this.closedFolders()) {
      if (((await this.#closedLedgers.lastWrite(folder)) ?? 0) >= range.fromMs) {
        parts.push((await this.#closedLedgers.read(folder, ledger => ledger.group(range, keys, zone, filter))) ?? []);
      }
    }
    const groups = new Map<string, GroupSums>();
    const add = (key: GroupSums['key'], sums: Sums, sign: 1 | -1) => {
      const text = JSON.stringify(keys.map(name => key[name] ?? null));
      groups.set(text, { key, sums: addSums(groups.get(text)?.sums ?? noSums, sums, sign) });
    };
    for (const { key, sums } of parts.flat()) {
      add(key, sums, 1);
    }
    for (const row of all.extra(range).filter(row => matchesFilter(filter, keyOf(row, filterKeys, zone)))) {
      add(keyOf(row, keys, zone), sumsOf(row), -1);
    }
    const kept = [...groups.values()].filter(({ sums }) => sums.requests > 0);
    return {
      total: kept.reduce((total, { sums }) => addSums(total, sums), noSums),
      groups: keys.length === 0 ? [] : kept,
    };
  }

  /**
   * Failed calls of all ledgers, counted by keys. A failure that two ledgers were told of counts twice: it has no cost, and most have
   * no id that could tell.
   */
  async groupFailed(range: Range, keys: readonly FailedKey[], zone: string): Promise<FailedGroup[]> {
    const parts = [...this.#open.values()].map(ledger => ledger.failed.group(range, keys, zone));
    for (const folder of this.closedFolders()) {
      if (((await this.#closedLedgers.lastWrite(folder)) ?? 0) >= range.fromMs) {
        parts.push((await this.#closedLedgers.read(folder, ledger => ledger.failed.group(range, keys, zone))) ?? []);
      }
    }
    const groups = new Map<string, FailedGroup>();
    for (const { key, requests } of parts.flat()) {
      const text = JSON.stringify(keys.map(name => key[name] ?? null));
      groups.set(text, { key, requests: (groups.get(text)?.requests ?? 0) + requests });
    }
    return [...groups.values()];
  }

  /**
   * What every ledger with calls in a range has to say, also those that are closed, and the rows in the range that are counted too
   * much when all of it is put together.
   */
  async collect<T>(range: Range, look: (ledger: Ledger) => T): Promise<{ parts: T[]; extra: CallRow[] }> {
    const all = await this.#viewSince(range.fromMs);
    const parts = [...this.#open.values()].map(look);
    for (const folder of this.closedFolders()) {
      if (((await this.#closedLedgers.lastWrite(folder)) ?? 0) >= range.fromMs) {
        const part = await this.#closedLedgers.read(folder, look);
        parts.push(...(part === null ? [] : [part]));
      }
    }
    return { parts, extra: all.extra(range) };
  }

  /**
   * The rows that are counted too much once an open ledger drops its calls between two instants (epoch ms): others hold them, too, and
   * nobody can tell afterwards. To be kept with what is dropped.
   */
  async leaveBehind(folder: string, ledger: Ledger, fromMs: number, before: number): Promise<CallRow[]> {
    const others = this.#options.folders.list().filter(other => other !== folder);
    if (others.length === 0) {
      return [];
    }
    const all = new AllLedgers(Math.floor(fromMs / quarterMs) * quarterMs, this.#closedLedgers);
    for (const [other, open] of new Map([...this.#open, [folder, ledger]])) {
      await all.addOpen(other, open);
    }
    for (const closed of this.closedFolders().filter(other => other !== folder)) {
      await all.addClosed(closed);
    }
    await all.settle();
    return all.leaveBehind(folder, before);
  }

  /** What all calls there ever were come to, for metrics. The first time it looks into every ledger. */
  readAllTime(): Promise<Reading> {
    return this.#allTime.read();
  }

  async #lookIntoAll(): Promise<void> {
    for (const folder of this.#options.folders.list()) {
      await this.#recent.addClosed(folder);
    }
    await this.#recent.settle();
    this.#isComplete = true;
    this.#touch();
  }

  /** All ledgers since an instant: those that are kept, or for this once looked into further back. */
  async #viewSince(fromMs: number): Promise<AllLedgers> {
    if (fromMs >= this.#recent.sinceMs && this.#isComplete) {
      await this.#recent.settle();
      return this.#recent;
    }
    const all = new AllLedgers(Math.floor(fromMs / quarterMs) * quarterMs, this.#closedLedgers);
    for (const [folder, ledger] of this.#open) {
      await all.addOpen(folder, ledger);
    }
    for (const folder of this.closedFolders()) {
      await all.addClosed(folder);
    }
    await all.settle();
    return all;
  }

  #touch(): void {
    this.#totals.clear();
    if (!this.#isStopped) {
      this.#options.onChange();
    }
  }
}
