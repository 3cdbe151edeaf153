import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Range } from '../core/sums.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import { StorageError } from './disk/files.ts';
import type { Journal } from './disk/journal.ts';
import { LiveBytes } from './disk/liveBytes.ts';
import type { SnapshotFiles } from './disk/snapshot.ts';
import { SnapshotSchedule } from './disk/snapshotSchedule.ts';
import { applyRecords } from './joining/applyRecords.ts';
import { parseCallId } from './joining/callId.ts';
import type { Appended, Ledger, LedgerOptions } from './ledger.ts';
import { Readings } from './readings.ts';
import { createEstimateStore, createFailedStore, type EstimateStore, type FailedStore } from './side/sideStores.ts';
import {
  readMinuteSpend,
  readQuarterSpend,
  readSessionSpend,
  type SpendStore,
  type SpendWatcher,
} from './sums/spend.ts';
import type { CallRow, Change, Selection } from './tables/change.ts';
import { Database } from './tables/database.ts';
import { bucketMs } from './tables/schema.ts';
import type { Tables } from './tables/tables.ts';
import { priceWaiting } from './waitingPrices.ts';
import { type Work, Writer } from './writer.ts';

/** How long calls that wait to be forwarded keep retention from dropping them, ms: 90 days. */
const longestWaitMs = 90 * 86_400_000;

interface Parts {
  readonly options: LedgerOptions;
  readonly db: Database;
  readonly tables: Tables;
  readonly journal: Journal;
  readonly files: SnapshotFiles;
  readonly warnings: readonly string[];
}

/** A ledger at work: every change goes through the writer, and is durable when it is acknowledged. */
export class OpenLedger extends Readings implements Ledger {
  readonly folder: string;
  readonly warnings: readonly string[];
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
    super(db, tables);
    this.folder = options.folder;
    this.warnings = warnings;
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
    const applied = await this.#submit(() => applyRecords(this.#tables, records, this.#options));
    return applied.map(({ row, duplicate }) => ({
      id: row.id,
      duplicate,
      costNanoUsd: row.cost.nanoUsd,
      costBasis: row.cost.basis,
    }));
  }

  priceWaiting(): Promise<number> {
    return priceWaiting(this.#tables, this.#options.price, work => this.#submit(work));
  }

  async markNotice(key: string): Promise<void> {
    await this.#change({ kind: 'notice', key, markedAt: this.#options.now() });
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

  get snapshotMs(): number | null {
    return this.#snapshotMs;
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

  /** In the background, and only of a ledger that is written to. */
  async #readIdsInTurns(): Promise<void> {
    for (const _ of this.#tables.calls.readIds()) {
      await nextTurn();
      if (this.#isClosing) {
        return;
      }
    }
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
