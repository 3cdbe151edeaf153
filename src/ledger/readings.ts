import type { Filter } from '../core/filter.ts';
import type { GroupKey, Range } from '../core/sums.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import { readIds, readQuarters } from './joining/lookUps.ts';
import type { Observation } from './joining/observations.ts';
import type { Ledger, StoredCall } from './ledger.ts';
import { isNoticeMarked, listNotices } from './side/notices.ts';
import type { Outgoing } from './side/outbox.ts';
import { toStoredCall } from './storedCall.ts';
import { type CallQuery, readCalls } from './sums/callList.ts';
import { readLastCalls } from './sums/lastCalls.ts';
import { groupLatencies } from './sums/latencies.ts';
import { groupRange, sumRange, unpricedModels } from './sums/queries.ts';
import { readRates, type SlotRates } from './sums/rateSums.ts';
import { readSessions, type SessionOutline } from './sums/sessions.ts';
import type { CallRow } from './tables/change.ts';
import type { Database } from './tables/database.ts';
import type { Tables } from './tables/tables.ts';

/** What a ledger answers at once, from its tables as they are. */
type Answers =
  | 'sum'
  | 'group'
  | 'rates'
  | 'sessions'
  | 'calls'
  | 'latencies'
  | 'quarters'
  | 'findByIds'
  | 'knows'
  | 'ids'
  | 'lastCalls'
  | 'hasTwin'
  | 'recent'
  | 'call'
  | 'observations'
  | 'unpricedModels'
  | 'isNoticeMarked'
  | 'notices'
  | 'detailSince'
  | 'doubles'
  | 'outgoing'
  | 'waiting'
  | 'count'
  | 'size'
  | 'sqliteVersion';

/** Reads a ledger; nothing here changes it. */
export class Readings implements Pick<Ledger, Answers> {
  readonly sqliteVersion: string;
  readonly #db: Database;
  readonly #tables: Tables;

  constructor(db: Database, tables: Tables) {
    this.sqliteVersion = db.get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '';
    this.#db = db;
    this.#tables = tables;
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

  isNoticeMarked(key: string): boolean {
    return isNoticeMarked(this.#db, key);
  }

  notices(prefix: string): string[] {
    return listNotices(this.#db, prefix);
  }

  get detailSince(): number {
    return this.#tables.disposal.detailSince;
  }

  doubles(range: Range): CallRow[] {
    return this.#tables.doubles.list(range);
  }

  outgoing(destination: string, limit: number): Outgoing[] {
    return this.#tables.outbox.next(destination, limit);
  }

  waiting(destination: string): number {
    return this.#tables.outbox.waiting(destination);
  }

  count(): number {
    return this.#db.get<{ count: number }>('SELECT ifnull(sum(requests), 0) AS count FROM rollup')?.count ?? 0;
  }

  size(): number {
    return this.#db.size();
  }
}
