import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Filter } from '../core/filter.ts';
import type { GroupKey, Range } from '../core/sums.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import { type Applied, applyRecord } from './applyRecord.ts';
import { parseCallId } from './callId.ts';
import { type CallQuery, readCalls } from './callList.ts';
import type { CallRow, Change, Selection } from './change.ts';
import { Database } from './database.ts';
import { StorageError } from './files.ts';
import type { Journal } from './journal.ts';
import { readLastCalls } from './lastCalls.ts';
import { groupLatencies } from './latencies.ts';
import type { Appended, Ledger, LedgerOptions, StoredCall } from './ledger.ts';
import { LiveBytes } from './liveBytes.ts';
import { readIds, readQuarters } from './lookUps.ts';
import { isNoticeMarked, listNotices } from './notices.ts';
import type { Observation } from './observations.ts';
import type { Outgoing } from './outbox.ts';
import { groupRange, sumRange, unpricedModels } from './queries.ts';
import { readRates, type SlotRates } from './rateSums.ts';
import { bucketMs } from './schema.ts';
import { readSessions, type SessionOutline } from './sessions.ts';
import { createEstimateStore, createFailedStore, type EstimateStore, type FailedStore } from './sideStores.ts';
import type { SnapshotFiles } from './snapshot.ts';
import { SnapshotSchedule } from './snapshotSchedule.ts';
import { readMinuteSpend, readQuarterSpend, readSessionSpend, type SpendStore, type SpendWatcher } from './spend.ts';
import { toStoredCall } from './storedCall.ts';
import type { Tables } from './tables.ts';
import { type Done, type Work, Writer } from './writer.ts';

/** Records stored in one step; others get their turn between steps. */
const stepRecords = 50;
/** How long calls that wait to be forwarded keep retention from dropping them, ms: 90 days. */
const longestWaitMs = 90 * 86_400_000;
/** Calls priced later in one transaction. */
const waitingChunk = 500;

interface Parts {
  readonly options: LedgerOptions;
  readonly db: Database;
  readonly tables: Tables;
  readonly journal: Journal;
  readonly files: SnapshotFiles;
  readonly warnings: readonly string[];
}

/** A ledger at work: every change goes through the writer, every answer comes from the tables. */
export class OpenLedger implements Ledger {
  readonly folder: string;
  readonly warnings: readonly string[];
  readonly sqliteVersion: string;
  readonly failed: FailedStore;
  readonly estimates: EstimateStore;
  readonly spend: SpendStore;
  readonly schedule: SnapshotSchedule;
  readonly #options: LedgerOptions;
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #tables: Tables;
  readonly #files: SnapshotFiles;
  readonly #writer: Writer;
  #isClosing = false;
  #readIds: Promise<void> | null = null;
  #snapshotMs: number | null = null;
  #spendWatcher: SpendWatcher | null = null;

  constructor({ options, db, tables, journal, files, warnings }: Parts) {
    this.folder = options.folder;
    this.warnings = warnings;
    this.sqliteVersion = db.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '';
    this.#options = options;
    this.#db = db;
    this.#journal = journal;
    this.#tables = tables;
    this.#files = files;
    this.#writer = new Writer(db, {
      keep: changes => (options.isUnjournaled ? journal.pass(changes) : journal.append(changes)),
      write: () => tables.write(),
      forget: () => {
        tables.forget();
        this.#spendWatcher?.reset();
      },
    });
    this.spend = {
      quarters: range => readQuarterSpend(db, range),
      minutes: range => readMinuteSpend(db, range),
      session: name => readSessionSpend(db, name),
      watch: watcher => {
        this.#spendWatcher = watcher;
        tables.calls.onCount = (row, sign) => watcher.count(row, sign);
      },
    };
    const submit = <T>(work: Work<T>) => this.#submit(work);
    this.failed = createFailedStore(tables, submit, () => options.labels?.() ?? {});
    this.estimates = createEstimateStore(tables, submit, options.now);
    this.schedule = new SnapshotSchedule({
      size: () => this.size(),
      write: () => this.#writeSnapshot(),
      onError: error => options.log('error', `The snapshot could not be written: ${error.message}`),
    });
  }

  async append(records: readonly UsageRecord[]): Promise<Appended[]> {
    const applied = await this.#submit(() =>
      records.length > stepRecords ? this.#applyInSteps(records) : this.#apply(records),
    );
    return applied.map(({ row, duplicate }) => ({
      id: row.id,
      duplicate,
      costNanoUsd: row.cost.nanoUsd,
      costBasis: row.cost.basis,
    }));
  }

  sum(range: Range, filter?: Filter) {
    return filter ? sumRange(this.#db, range, filter) : this.#tables.sums.get(range, () => sumRange(this.#db, range));
  }

  group(range: Range, keys: readonly GroupKey[], zone: string, filter?: Filter) {
    return groupRange(this.#db, range, keys, zone, filter);
  }

  rates(range: Range, keys: readonly GroupKey[], zone: string, filter?: Filter): SlotRates[] {
    return readRates(this.#db, range, keys, zone, filter);
  }

  sessions(range: Range, filter?: Filter): SessionOutline[] {
    return readSessions(this.#db, range, filter);
  }

  calls(query: CallQuery): CallRow[] {
    return readCalls(this.#db, this.#tables.calls, query);
  }

  latencies(keys: readonly GroupKey[]) {
    return groupLatencies(this.#db, keys);
  }

  quarters(range: Range) {
    return readQuarters(this.#db, range);
  }

  findByIds(ids: readonly string[]): CallRow[] {
    return this.#tables.calls.findByIds(ids);
  }

  knows(id: string): boolean {
    return this.#tables.calls.unknownIds([id]).length === 0;
  }

  ids(sinceMs: number): Iterable<string[]> {
    return readIds(this.#db, sinceMs);
  }

  lastCalls(): ReadonlyMap<string, number> {
    return readLastCalls(this.#db);
  }

  hasTwin(record: UsageRecord): boolean {
    return this.#tables.spans.hasTwin(record);
  }

  recent(limit: number): StoredCall[] {
    return this.#tables.calls.findRecent(limit).map(toStoredCall);
  }

  call(id: string): CallRow | undefined {
    return this.#tables.calls.findByRowId(id);
  }

  observations(id: string): Observation[] {
    const row = this.#tables.calls.findByRowId(id);
    return row ? this.#tables.observationsOf(row) : [];
  }

  unpricedModels(range: Range): string[] {
    return unpricedModels(this.#db, range);
  }

  async priceWaiting(): Promise<number> {
    let priced = 0;
    for (const bucket of this.#tables.calls.findUnpricedBuckets()) {
      for (let offset = 0, seen = waitingChunk; seen === waitingChunk; ) {
        const done = await this.#submit(() => {
          const rows = this.#tables.calls.findUnpriced(bucket, waitingChunk, offset);
          const changes = rows.flatMap(row => this.#priceAgain(row));
          return { result: { seen: rows.length, priced: changes.length }, changes };
        });
        seen = done.seen;
        offset += done.seen - done.priced;
        priced += done.priced;
      }
    }
    return priced;
  }

  isNoticeMarked(key: string): boolean {
    return isNoticeMarked(this.#db, key);
  }

  notices(prefix: string): string[] {
    return listNotices(this.#db, prefix);
  }

  async markNotice(key: string): Promise<void> {
    await this.#change({ kind: 'notice', key, markedAt: this.#options.now() });
  }

  get detailSince(): number {
    return this.#tables.disposal.detailSince;
  }

  async prune(before: number, doubles: readonly CallRow[] = []): Promise<void> {
    // What waits to be forwarded is needed until it was, but the disk is not for ever.
    const oldest = this.#tables.outbox.oldest() ?? before;
    const end = Math.max(Math.min(before, oldest), before - longestWaitMs);
    const cut = Math.floor(end / bucketMs) * bucketMs;
    if (oldest < cut) {
      const until = new Date(cut).toISOString();
      this.#options.log(
        'warn',
        `Calls before ${until} wait no longer to be forwarded: retention was held back for 90 days.`,
      );
    }
    await this.#change({ kind: 'prune', before: cut, ...(doubles.length > 0 && { doubles }) });
  }

  doubles(range: Range): CallRow[] {
    return this.#tables.doubles.list(range);
  }

  async delete(selection: Selection): Promise<void> {
    await this.#change({ kind: 'delete', selection });
    // Sums of calls that retention had dropped went without being counted.
    this.#spendWatcher?.reset();
  }

  async forwardTo(names: readonly string[]): Promise<void> {
    if (!isDeepStrictEqual(this.#tables.outbox.names(), [...names].sort())) {
      await this.#change({ kind: 'destinations', names, at: this.#options.now() });
    }
  }

  settled<T>(read: () => T): Promise<T> {
    return this.#writer.exclusively(async () => read());
  }

  outgoing(destination: string, limit: number): Outgoing[] {
    return this.#tables.outbox.next(destination, limit);
  }

  waiting(destination: string): number {
    return this.#tables.outbox.waiting(destination);
  }

  async markForwarded(destination: string, through: number): Promise<void> {
    await this.#change({ kind: 'forwarded', destination, through });
  }

  async forwardHistory(destination: string, range: Range): Promise<void> {
    await this.#change({ kind: 'forwardHistory', destination, range });
  }

  async requeue(ids: readonly string[]): Promise<void> {
    const places = ids.flatMap(id => parseCallId(id) ?? []);
    await this.#submit(() => {
      const changes = this.#tables.outbox.names().flatMap(destination =>
        places.map(({ timestamp, n }): Change => {
          return { kind: 'forwardHistory', destination, range: { fromMs: timestamp, toMs: timestamp + 1 }, n };
        }),
      );
      for (const change of changes) {
        this.#tables.apply(change);
      }
      return { result: undefined, changes };
    });
  }

  async exportCopy(): Promise<Uint8Array> {
    const copy = await this.#writer.exclusively(() => Database.open(LiveBytes.copyOf(this.#db.image())));
    try {
      copy.exec('VACUUM');
      return copy.image().slice();
    } finally {
      copy.close();
    }
  }

  count(): number {
    return this.#db.get<{ count: number }>('SELECT ifnull(sum(requests), 0) AS count FROM rollup')?.count ?? 0;
  }

  get snapshotMs(): number | null {
    return this.#snapshotMs;
  }

  size(): number {
    return this.#db.size();
  }

  async flush(): Promise<void> {
    await this.schedule.now();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    try {
      // What was taken before is finished first; what comes from now on is refused.
      await this.#writer.exclusively(async () => undefined);
      await this.schedule.now();
    } finally {
      await this.#journal.close();
      this.#db.close();
    }
  }

  async #submit<T>(work: Work<T>): Promise<T> {
    if (this.#isClosing) {
      throw new StorageError('ECLOSED', 'The ledger is closing.');
    }
    this.#readIds ??= this.#readIdsInTurns();
    const result = await this.#writer.submit(work);
    this.schedule.touch();
    return result;
  }

  async #change(change: Change): Promise<void> {
    await this.#submit(() => {
      this.#tables.apply(change);
      return { result: undefined, changes: [change] };
    });
  }

  #apply(records: readonly UsageRecord[]): Done<Applied[]> {
    const rows = records.map(record =>
      applyRecord(this.#tables, record, this.#options.price, this.#options.labels?.()),
    );
    return { result: rows, changes: rows.flatMap(({ change }) => change ?? []) };
  }

  *#applyInSteps(records: readonly UsageRecord[]): Generator<void, Done<Applied[]>, void> {
    const rows: Applied[] = [];
    const changes: Change[] = [];
    for (let start = 0; start < records.length; start += stepRecords) {
      const done = this.#apply(records.slice(start, start + stepRecords));
      rows.push(...done.result);
      changes.push(...done.changes);
      yield;
    }
    return { result: rows, changes };
  }

  /** In the background, and only of a ledger that is written to. */
  async #readIdsInTurns(): Promise<void> {
    for (const _ of this.#tables.calls.readIds()) {
      await nextTurn();
      if (this.#isClosing) {
        return;
      }
    }
  }

  #priceAgain(row: CallRow): Change[] {
    const cost = this.#options.price(row.record);
    if (cost.basis === 'unpriced') {
      return [];
    }
    const change: Change = { kind: 'call', row: { ...row, cost }, ids: [], absorbed: [] };
    this.#tables.apply(change);
    return [change];
  }

  /** Between two groups: everything acknowledged is in the database, and the next line starts a new segment. */
  #writeSnapshot(): Promise<void> {
    return this.#writer.exclusively(async () => {
      const { sequence } = this.#journal;
      this.#db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('sequence', ?)", sequence);
      const since = performance.now();
      await this.#journal.rotate();
      await this.#files.write(this.#db.image(), sequence);
      if (this.#options.isUnjournaled) {
        // No journal could make up for a snapshot that turns out to be damaged: the one before holds everything, too.
        await this.#files.write(this.#db.image(), sequence);
      }
      await this.#journal.discardThrough(this.#files.safeSequence);
      this.#snapshotMs = performance.now() - since;
    });
  }
}
