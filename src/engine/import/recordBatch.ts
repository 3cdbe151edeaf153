import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended } from '../../ledger/ledger.ts';
import { mergeRecords } from '../../ledger/merge.ts';

/** A ledger that takes what an import finds. */
export interface ImportSink {
  /** Stores records; resolves when they are durable. Throws `StorageError`. */
  append(records: readonly UsageRecord[]): Promise<readonly Appended[]>;
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
  /** Damaged lines and entries, files that could not be read. */
  skipped: number;
}

/** So many records are stored in one go: enough for one sync to pay, few enough for others to get their turn. */
const batchSize = 500;

/** Records on their way to the ledgers. A call that its file tells several times, one line after the other, goes once. */
export class RecordBatch {
  readonly #sinkFor: (record: UsageRecord) => ImportSink;
  readonly #counts: ImportCounts;
  #records = new Map<string | symbol, UsageRecord>();
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
    this.#records = new Map();
    const bySink = new Map<ImportSink, UsageRecord[]>();
    for (const record of records.values()) {
      const sink = this.#sinkFor(record);
      bySink.set(sink, [...(bySink.get(sink) ?? []), record]);
    }
    for (const [sink, own] of bySink) {
      for (let from = 0; from < own.length; from += batchSize) {
        const appended = await sink.append(own.slice(from, from + batchSize));
        const duplicates = appended.filter(({ duplicate }) => duplicate).length;
        this.#counts.records += appended.length;
        this.#counts.duplicates += duplicates;
        this.#counts.new += appended.length - duplicates;
      }
    }
  }
}
