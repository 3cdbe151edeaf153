import type { Labels } from '../contributions.ts';
import type { Filter } from '../core/filter.ts';
import type { Cost, CostBasis } from '../core/prices/cost.ts';
import type { GroupKey, GroupSums, Range, Sums } from '../core/sums.ts';
import type { Signal, UsageRecord } from '../core/usageRecord.ts';
import type { Disk } from './disk/disk.ts';
import type { Quarter } from './joining/lookUps.ts';
import type { Observation } from './joining/observations.ts';
import type { Outgoing } from './side/outbox.ts';
import type { EstimateStore, FailedStore } from './side/sideStores.ts';
import type { CallQuery } from './sums/callList.ts';
import type { LatencyGroup } from './sums/latencies.ts';
import type { SlotRates } from './sums/rateSums.ts';
import type { SessionOutline } from './sums/sessions.ts';
import type { SpendStore } from './sums/spend.ts';
import type { CallRow, Selection } from './tables/change.ts';

export interface LedgerOptions {
  /** Folder that holds `usage.sqlite` and the journal; made when missing. */
  readonly folder: string;
  /** Prices a record; asked again when records merge and by `priceWaiting`. */
  readonly price: (record: UsageRecord) => Cost;
  /** What new calls belong to that don't say so themselves; none when left out. */
  readonly labels?: () => Labels;
  /** Epoch ms. */
  readonly now: () => number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Where the files are; the computer's disk when left out. */
  readonly disk?: Disk;
  /**
   * For one long import, which begins again where it was when it is broken off: what is stored is durable only after `flush()`, and no
   * journal line is written for it.
   */
  readonly isUnjournaled?: boolean;
}

export interface Appended {
  readonly id: string;
  /** The call was known already; the row may have been improved. */
  readonly duplicate: boolean;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
}

/** One stored call, without content. */
export interface StoredCall {
  readonly id: string;
  readonly timestamp: number;
  readonly provider: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly sessionId: string | null;
  readonly taskType: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
  readonly signal: Signal;
}

/** The durable store of one workspace (docs/architecture.md, "Durability"). */
export interface Ledger {
  readonly folder: string;
  /** What happened while opening that a user should hear of, e.g. a damaged snapshot that was set aside. */
  readonly warnings: readonly string[];
  /** Calls that no model answered; they are in no sum of usage. */
  readonly failed: FailedStore;
  /** What users asked the cost of before sending it. */
  readonly estimates: EstimateStore;
  /** What calls cost, for budgets. */
  readonly spend: SpendStore;
  /** Stores records; resolves when they are durable. Throws `StorageError` when the disk refuses (code `ENOSPC`, `EIO` …). */
  append(records: readonly UsageRecord[]): Promise<Appended[]>;
  /** Sums over a range, or the calls in it that a filter chooses. */
  sum(range: Range, filter?: Filter): Sums;
  /**
   * Groups in no particular order. `zone` is the IANA zone of `hour` (`YYYY-MM-DDTHH:00`), `day` (`YYYY-MM-DD`), `week` (its Monday)
   * and `month` (`YYYY-MM`).
   */
  group(range: Range, keys: readonly GroupKey[], zone: string, filter?: Filter): GroupSums[];
  /** Calls by the rate they were priced with, in the stretches of time that `keys` ask for; as far as they are kept. */
  rates(range: Range, keys: readonly GroupKey[], zone: string, filter?: Filter): SlotRates[];
  /** The sessions with calls in a range, as far as these are kept, in no particular order. */
  sessions(range: Range, filter?: Filter): SessionOutline[];
  /** Single calls, as far as they are kept. */
  calls(query: CallQuery): CallRow[];
  /** The latencies of all calls by any of the small dimensions (no session, no time), in no particular order. */
  latencies(keys: readonly GroupKey[]): LatencyGroup[];
  /** When each agent's newest call was made, epoch ms. */
  lastCalls(): ReadonlyMap<string, number>;
  /** The quarters of an hour that begin in a range and hold calls, in order. */
  quarters(range: Range): Quarter[];
  /** The calls that any of the ids leads to. */
  findByIds(ids: readonly string[]): CallRow[];
  /** Whether a call is here that another signal reported, and that this is a report of, though ids don't tell. */
  hasTwin(record: UsageRecord): boolean;
  /** Whether an id leads to a call. */
  knows(id: string): boolean;
  /** The ids by which calls since an instant (epoch ms) are known, in pieces: others may work in between. */
  ids(sinceMs: number): Iterable<string[]>;
  /** The newest calls by time, newest first. */
  recent(limit: number): StoredCall[];
  /** The call with that id of ours; undefined when it turned out to be another one, was dropped or deleted. */
  call(id: string): CallRow | undefined;
  /** The reports that made a call, in the order in which they came; none for an unknown id. */
  observations(id: string): Observation[];
  /** Model names without a rate in the range, most calls first. */
  unpricedModels(range: Range): string[];
  /** Prices calls stored as `unpriced` with today's rates; resolves with how many found a price. */
  priceWaiting(): Promise<number>;
  /** Whether a notice was marked, e.g. `daily:2026-11-22:80`. */
  isNoticeMarked(key: string): boolean;
  /** The marked notices that begin with a text. */
  notices(prefix: string): string[];
  /** Remembers a notice durably. */
  markNotice(key: string): Promise<void>;
  /** The instant (epoch ms) before which retention left only sums; 0 when every call is there. */
  readonly detailSince: number;
  /**
   * Drops the calls before an instant, rounded down to a quarter of an hour; their sums stay. `doubles` are remembered as calls that
   * are counted too much from then on, when all ledgers are added up.
   */
  prune(before: number, doubles?: readonly CallRow[]): Promise<void>;
  /** The calls of a range that are counted too much for that reason. */
  doubles(range: Range): CallRow[];
  /** Deletes calls with their sums. */
  delete(selection: Selection): Promise<void>;
  /** Queues every later change of a call for these destinations, in place of those before. Does nothing when they are the same. */
  forwardTo(destinations: readonly string[]): Promise<void>;
  /** Reads between two transactions, where only what is durable is seen: for what is passed on and can't be taken back. */
  settled<T>(read: () => T): Promise<T>;
  /** What waits for a destination, oldest change first; the call as it is now. */
  outgoing(destination: string, limit: number): Outgoing[];
  /** How many calls wait for a destination. */
  waiting(destination: string): number;
  /** Takes what a destination has from its queue, up to a number of {@link outgoing}. Throws `StorageError`. */
  markForwarded(destination: string, through: number): Promise<void>;
  /** Queues the stored calls of a range for a destination, whether it had them or not. Throws `StorageError`. */
  forwardHistory(destination: string, range: Range): Promise<void>;
  /** Queues calls again for every destination: what is to be told of them is another thing now. Throws `StorageError`. */
  requeue(ids: readonly string[]): Promise<void>;
  /** The bytes of a compact copy of the database. */
  exportCopy(): Promise<Uint8Array>;
  /** Number of stored calls, those that retention dropped included. */
  count(): number;
  /** Size of the database in bytes. */
  size(): number;
  /** How long writing the last snapshot took, ms; null before the first. */
  readonly snapshotMs: number | null;
  /** SQLite's version. */
  readonly sqliteVersion: string;
  /** Writes the snapshot now: afterwards `usage.sqlite` holds everything. Throws `StorageError`. */
  flush(): Promise<void>;
  /** Flushes and releases the files. */
  close(): Promise<void>;
}
