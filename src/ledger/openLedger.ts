import { mkdir } from 'node:fs/promises';
import type { GroupKey, Range } from '../core/sums.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import { promptTokens } from '../core/usageRecord.ts';
import { applyCall, applyRecord } from './applyRecord.ts';
import { Calls } from './calls.ts';
import type { CallRow, Change } from './change.ts';
import type { Database } from './database.ts';
import { Journal } from './journal.ts';
import type { Appended, Ledger, LedgerOptions, StoredCall } from './ledger.ts';
import { isNoticeMarked, markNotice } from './notices.ts';
import { groupRange, sumRange, unpricedModels } from './queries.ts';
import { ensureSchema } from './schema.ts';
import { SnapshotFiles } from './snapshot.ts';
import { SnapshotSchedule } from './snapshotSchedule.ts';
import { Writer } from './writer.ts';

/** Calls priced later in one transaction. */
const waitingChunk = 500;

/**
 * Opens the ledger of a folder: newest sound snapshot, then the journal after it. The caller holds the folder's lock. Throws
 * `NewerSchemaError` for a database of a newer program, and `StorageError` or the system's error when files can't be read.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const files = new SnapshotFiles(options.folder);
  const { db, sequence, warnings } = await files.load(options.now());
  ensureSchema(db);
  const journal = new Journal(options.folder);
  const calls = new Calls(db);
  const replayed = await journal.replay(sequence, options.now());
  db.exec('BEGIN');
  for (const { change } of replayed.lines) {
    applyChange(db, calls, change);
  }
  db.exec('COMMIT');
  const allWarnings = [...warnings, ...replayed.warnings];
  for (const warning of allWarnings) {
    options.log('warn', warning);
  }
  const ledger = new OpenLedger(options, db, journal, calls, files, allWarnings);
  if (replayed.lines.length > 0 || sequence === 0) {
    ledger.schedule.touch();
  }
  return ledger;
}

function applyChange(db: Database, calls: Calls, change: Change): void {
  if (change.kind === 'call') {
    applyCall(calls, change);
  } else {
    markNotice(db, change.key, change.markedAt);
  }
}

class OpenLedger implements Ledger {
  readonly folder: string;
  readonly warnings: readonly string[];
  readonly sqliteVersion: string;
  readonly schedule: SnapshotSchedule;
  readonly #options: LedgerOptions;
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #calls: Calls;
  readonly #files: SnapshotFiles;
  readonly #writer: Writer;

  constructor(
    options: LedgerOptions,
    db: Database,
    journal: Journal,
    calls: Calls,
    files: SnapshotFiles,
    warnings: readonly string[],
  ) {
    this.folder = options.folder;
    this.warnings = warnings;
    this.sqliteVersion = db.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '';
    this.#options = options;
    this.#db = db;
    this.#journal = journal;
    this.#calls = calls;
    this.#files = files;
    this.#writer = new Writer(db, journal, () => calls.forget());
    this.schedule = new SnapshotSchedule({
      size: () => this.size(),
      write: () => this.#writeSnapshot(),
      onError: error => options.log('error', `The snapshot could not be written: ${error.message}`),
    });
  }

  async append(records: readonly UsageRecord[]): Promise<Appended[]> {
    const applied = await this.#submit(() => {
      const rows = records.map(record => applyRecord(this.#calls, record, this.#options.price));
      return { result: rows, changes: rows.flatMap(({ change }) => change ?? []) };
    });
    return applied.map(({ row, duplicate }) => ({
      id: row.id,
      duplicate,
      costNanoUsd: row.cost.nanoUsd,
      costBasis: row.cost.basis,
    }));
  }

  sum(range: Range) {
    return sumRange(this.#db, range);
  }

  group(range: Range, keys: readonly GroupKey[], zone: string) {
    return groupRange(this.#db, range, keys, zone);
  }

  recent(limit: number): StoredCall[] {
    return this.#calls.findRecent(limit).map(toStoredCall);
  }

  unpricedModels(range: Range): string[] {
    return unpricedModels(this.#db, range);
  }

  async priceWaiting(): Promise<number> {
    let priced = 0;
    for (let offset = 0, seen = waitingChunk; seen === waitingChunk; ) {
      const found = await this.#submit(() => {
        const rows = this.#calls.findUnpriced(waitingChunk, offset);
        seen = rows.length;
        const changes = rows.flatMap(row => this.#priceAgain(row));
        offset += rows.length - changes.length;
        return { result: changes.length, changes };
      });
      priced += found;
    }
    return priced;
  }

  isNoticeMarked(key: string): boolean {
    return isNoticeMarked(this.#db, key);
  }

  async markNotice(key: string): Promise<void> {
    await this.#submit(() => {
      const markedAt = this.#options.now();
      markNotice(this.#db, key, markedAt);
      return { result: undefined, changes: [{ kind: 'notice', key, markedAt }] };
    });
  }

  count(): number {
    return this.#db.get<{ count: number }>('SELECT ifnull(sum(requests), 0) AS count FROM rollup')?.count ?? 0;
  }

  size(): number {
    return this.#db.size();
  }

  async flush(): Promise<void> {
    await this.schedule.now();
  }

  async close(): Promise<void> {
    this.schedule.stop();
    try {
      await this.#writeSnapshot();
    } finally {
      await this.#journal.rotate();
      this.#db.close();
    }
  }

  async #submit<T>(work: () => { result: T; changes: readonly Change[] }): Promise<T> {
    const result = await this.#writer.submit(work);
    this.schedule.touch();
    return result;
  }

  #priceAgain(row: CallRow): Change[] {
    const cost = this.#options.price(row.record);
    if (cost.basis === 'unpriced') {
      return [];
    }
    const change: Change = { kind: 'call', row: { ...row, cost }, ids: [], absorbed: [] };
    applyCall(this.#calls, change as Extract<Change, { kind: 'call' }>);
    return [change];
  }

  /** Between two groups: everything acknowledged is in the database, and the next line starts a new segment. */
  #writeSnapshot(): Promise<void> {
    return this.#writer.exclusively(async () => {
      const { sequence } = this.#journal;
      this.#db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('sequence', ?)", sequence);
      await this.#journal.rotate();
      await this.#files.write(this.#db.export(), sequence);
      await this.#journal.discardThrough(this.#files.safeSequence);
    });
  }
}

function toStoredCall({ id, record, cost }: CallRow): StoredCall {
  return {
    id,
    timestamp: record.timestamp,
    provider: record.provider,
    model: record.model,
    agent: record.agent,
    sessionId: record.sessionId,
    taskType: record.taskType,
    promptTokens: promptTokens(record.tokens),
    completionTokens: record.tokens.output,
    costNanoUsd: cost.nanoUsd,
    costBasis: cost.basis,
    signal: record.signal,
  };
}
