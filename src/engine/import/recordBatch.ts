import type { UsageRecord } from '../../core/usageRecord.ts';
import { mergeRecords } from '../../ledger/joining/merge.ts';
import type { Appended } from '../../ledger/ledger.ts';

/** A ledger that takes what an import finds. */
export interface ImportSink {
  /** Stores records; resolves when they are durable, with null for each that is refused as too old. Throws `StorageError`. */
  append(records: readonly UsageRecord[]): Promise<readonly (Appended | null)[]>;
}

/** What an import did so far. */
export interface ImportCounts {
  /** Transcripts looked at. */
  files: number;
  /** Calls read: `new` and `duplicates`. */
  records: number;
  /** Calls the ledger did not know. */
  new: number;
  duplicates: number;
  /** Damaged lines and entries, files that could not be read, and calls before the time that retention keeps. */
  skipped: number;
}

/** So many records are stored in one go: enough for one sync to pay, few enough for others to get their turn. */
const batchSize = 500;

/** Records on their way to the ledgers. A call that its file tells several times, one line after the other, counts once. */
export class RecordBatch {
  readonly #sinkFor: (record: UsageRecord) => ImportSink;
  readonly #counts: ImportCounts;
  #records = new Map<string | symbol, UsageRecord>();
  /** What was stored last: the next line may tell of the same call. */
  #stored: ReadonlySet<string | symbol> = new Set();
  #file = 0;

  constructor(sinkFor: (record: UsageRecord) => ImportSink, counts: ImportCounts) {
    this.#sinkFor = sinkFor;
    this.#counts = counts;
  }

  /** Records from now on are another file's. */
  nextFile(): void {
    this.#file += 1;
  }

  add(record: UsageRecord): void {
    const [id] = record.ids;
    const key = id === undefined ? Symbol() : `${this.#file} ${id}`;
    const known = this.#records.get(key);
    this.#records.set(key, known ? mergeRecords(known, record) : record);
  }

  get isFull(): boolean {
    return this.#records.size >= batchSize;
  }

  /** Stores what has come; resolves when it is durable. Throws `StorageError`. */
  async flush(): Promise<void> {
    const records = this.#records;
    if (records.size === 0) {
      return;
    }
    this.#records = new Map();
    const bySink = new Map<ImportSink, [string | symbol, UsageRecord][]>();
    for (const entry of records) {
      const sink = this.#sinkFor(entry[1]);
      const own = bySink.get(sink) ?? [];
      own.push(entry);
      bySink.set(sink, own);
    }
    for (const [sink, entries] of bySink) {
      for (let from = 0; from < entries.length; from += batchSize) {
        await this.#store(sink, entries.slice(from, from + batchSize));
      }
    }
    this.#stored = new Set(records.keys());
  }

  async #store(sink: ImportSink, entries: readonly (readonly [string | symbol, UsageRecord])[]): Promise<void> {
    const appended = await sink.append(entries.map(([, record]) => record));
    const counted = appended.filter((_, index) => !this.#stored.has(entries[index]?.[0] ?? ''));
    const calls = counted.filter(call => call !== null);
    const duplicates = calls.filter(({ duplicate }) => duplicate).length;
    this.#counts.records += calls.length;
    this.#counts.duplicates += duplicates;
    this.#counts.new += calls.length - duplicates;
    this.#counts.skipped += counted.length - calls.length;
  }
}
