import { type CallPlace, formatCallId, parseCallId } from '../joining/callId.ts';
import { CallIds } from '../joining/callIds.ts';
import { sumsOf } from '../joining/lookUps.ts';
import type { SumCache } from '../sums/sumCache.ts';
import { callColumns, formatCall, parseCall, type SelectedCall, selectCall } from './callColumns.ts';
import type { CallRow } from './change.ts';
import type { Database, SqlValue } from './database.ts';
import type { CallNumbers, Dimensions } from './dimensions.ts';
import { Rollups } from './rollups.ts';
import { bucketMs } from './schema.ts';

const columns = ['timestamp', 'n', ...callColumns];
const insertCall = `INSERT INTO call (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
const updateCall = `UPDATE call SET ${callColumns.map(name => `${name} = ?`).join(', ')} WHERE timestamp = ? AND n = ?`;
const nextNumber = `SELECT 1 + max(ifnull((SELECT max(n) FROM call WHERE timestamp = ?1), -1),
  ifnull((SELECT max(n) FROM gone WHERE timestamp = ?1), -1)) AS n`;

const nextAmongCalls = 'SELECT 1 + ifnull(max(n), -1) AS n FROM call WHERE timestamp = ?';
const atTime = 'SELECT 1 FROM call WHERE timestamp = ?';

const selectNewest = `SELECT max(ifnull((SELECT max(timestamp) FROM call), 0),
  ifnull((SELECT max(timestamp) FROM gone), 0)) AS newest`;

/** Reads and writes call rows, with everything that hangs on one: its ids, its dimensions, its share of the rollups. */
export class Calls {
  readonly #db: Database;
  readonly #ledger: string;
  readonly #dimensions: Dimensions;
  readonly #ids: CallIds;
  readonly #rollups: Rollups;
  /** No call, present or gone, is later than this (epoch ms). */
  #newest: number;
  /** Told of every call that counts, or no longer counts as it was. */
  onCount: (row: CallRow, sign: 1 | -1) => void = () => {};
  /** The id given last, which has no row yet, and the place that it stands for. */
  #unused: { readonly id: string; readonly place: CallPlace } | null = null;
  /** Whether any call is gone; null until it is asked. */
  #isAnyGone: boolean | null = null;
  readonly #sums: SumCache;

  /** `ledger` is the name that the ids of its calls begin with. */
  constructor(db: Database, ledger: string, dimensions: Dimensions, sums: SumCache) {
    this.#db = db;
    this.#ledger = ledger;
    this.#dimensions = dimensions;
    this.#ids = new CallIds(db);
    this.#rollups = new Rollups(db);
    this.#sums = sums;
    this.#newest = db.get<{ newest: number }>(selectNewest)?.newest ?? 0;
  }

  /** Reads what tells new ids from known ones, in pieces: others may work in between. */
  readIds(): Iterable<void> {
    return this.#ids.read();
  }

  /** Writes the sums of what was put since the last time: before a transaction ends. */
  writeRollups(): void {
    this.#rollups.write();
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    this.#rollups.forget();
    this.#sums.forget();
    this.#unused = null;
    this.#isAnyGone = null;
  }

  /** An id that no call of that time has or had. */
  newId(timestamp: number): string {
    // Most calls are newer than all before them, and need no look.
    const n = timestamp > this.#newest ? 0 : this.#nextNumber(timestamp);
    this.#newest = Math.max(this.#newest, timestamp);
    const place = { timestamp, n };
    this.#unused = { id: formatCallId(this.#ledger, place), place };
    return this.#unused.id;
  }

  #nextNumber(timestamp: number): number {
    this.#isAnyGone ??= this.#db.get('SELECT 1 FROM gone LIMIT 1') !== undefined;
    if (!this.#isAnyGone && !this.#db.has(atTime, timestamp)) {
      // Few calls share their ms, and seeing that takes half as long as reading a number.
      return 0;
    }
    return this.#db.get<{ n: number }>(this.#isAnyGone ? nextNumber : nextAmongCalls, timestamp)?.n ?? 0;
  }

  /** The rows that any of the ids leads to, oldest first. */
  findByIds(ids: readonly string[]): CallRow[] {
    const found = ids.flatMap(id => this.#ids.find(id));
    if (found.length === 0) {
      return [];
    }
    const places = new Map(found.map(place => [formatCallId('', place), place]));
    const sorted = [...places.values()].sort((a, b) => a.timestamp - b.timestamp || a.n - b.n);
    return sorted.flatMap(({ timestamp, n }) => this.read('WHERE c.timestamp = ? AND c.n = ?', timestamp, n));
  }

  /** The row with that id of ours. */
  findByRowId(id: string): CallRow | undefined {
    const place = parseCallId(id);
    return place?.ledger === this.#ledger
      ? this.read('WHERE c.timestamp = ? AND c.n = ?', place.timestamp, place.n)[0]
      : undefined;
  }

  /** Whether the id that a row shows is one by which other signals may know the call; some are an agent's own. */
  hasCallId({ id, record: { requestId } }: CallRow): boolean {
    return requestId !== null && this.#ids.leadsTo(requestId, placeOf(id));
  }

  /** Rollup buckets that hold calls without a price, oldest first. */
  findUnpricedBuckets(): number[] {
    const sql = 'SELECT DISTINCT bucket FROM rollup WHERE unpriced_requests > 0 ORDER BY bucket';
    return this.#db.all<{ bucket: number }>(sql).map(({ bucket }) => bucket);
  }

  /** Calls of a bucket that are stored as unpriced, oldest first. */
  findUnpriced(bucket: number, limit: number, offset: number): CallRow[] {
    const range = [bucket * bucketMs, (bucket + 1) * bucketMs];
    return this.read(
      "WHERE c.timestamp >= ? AND c.timestamp < ? AND m.cost_basis = 'unpriced' ORDER BY c.timestamp, c.n LIMIT ? OFFSET ?",
      ...range,
      limit,
      offset,
    );
  }

  /** The newest calls by time, newest first. */
  findRecent(limit: number): CallRow[] {
    return this.read('ORDER BY c.timestamp DESC, c.n DESC LIMIT ?', limit);
  }

  /** Which of the ids lead nowhere yet. */
  unknownIds(ids: readonly string[]): string[] {
    return ids.filter(id => this.#ids.find(id).length === 0);
  }

  /** Stores a row as it is now, replacing its former self; the rollups follow. */
  put(row: CallRow, ids: readonly string[]): void {
    const fresh = row.id === this.#unused?.id ? this.#unused.place : null;
    const place = fresh ?? placeOf(row.id);
    const { timestamp, n } = place;
    const isKnown = !fresh && this.#db.has('SELECT 1 FROM call WHERE timestamp = ? AND n = ?', timestamp, n);
    const former = isKnown && this.findByRowId(row.id);
    const numbers = this.#dimensions.of(row);
    if (former) {
      this.#count(former, this.#dimensions.of(former), -1);
      this.#db.run(updateCall, ...formatCall(row, numbers), timestamp, n);
      this.#ids.replaceRequestId(former.record.requestId, row.record.requestId, place);
    } else {
      this.#db.run(insertCall, timestamp, n, ...formatCall(row, numbers));
    }
    this.#unused = null;
    this.#newest = Math.max(this.#newest, timestamp);
    this.#count(row, numbers, 1);
    for (const id of ids) {
      this.#ids.add(id, row.record.requestId, place);
    }
  }

  /** Removes a row that turned out to be the same call as another; its ids lead there from now on. */
  absorb(id: string, into: string): void {
    const row = this.findByRowId(id);
    if (row) {
      this.#ids.move(placeOf(id), row.record.requestId, placeOf(into));
      this.remove(row);
    }
  }

  /** Takes a row out as if it had never been; its id is not given again. */
  remove(row: CallRow): void {
    const { timestamp, n } = placeOf(row.id);
    this.#count(row, this.#dimensions.of(row), -1);
    this.#isAnyGone = true;
    this.#ids.forget(row.record.requestId, { timestamp, n });
    this.#db.run('DELETE FROM call WHERE timestamp = ? AND n = ?', timestamp, n);
    this.#db.run('INSERT OR IGNORE INTO gone (timestamp, n) VALUES (?, ?)', timestamp, n);
  }

  /** Rows by a clause over the tables of `selectCall`. */
  read(clause: string, ...values: SqlValue[]): CallRow[] {
    return this.#db.all<SelectedCall>(`${selectCall} ${clause}`, ...values).map(row => parseCall(this.#ledger, row));
  }

  #count(row: CallRow, { facet, session }: CallNumbers, sign: 1 | -1): void {
    this.onCount(row, sign);
    this.#rollups.add(row, facet, session, sign);
    this.#sums.add(row.record.timestamp, sign, () => sumsOf(row));
  }
}

function placeOf(id: string): CallPlace {
  const place = parseCallId(id);
  if (place === null) {
    throw new Error(`${id} is not the id of a call.`);
  }
  return place;
}
