import { callColumns, formatCall, parseCall, type SelectedCall, selectCall } from './callColumns.ts';
import type { CallRow } from './change.ts';
import type { Database, SqlValue } from './database.ts';
import { Dimensions } from './dimensions.ts';
import { addToRollup } from './rollups.ts';

const insertCall = `INSERT INTO call (${callColumns.join(', ')}) VALUES (${callColumns.map(() => '?').join(', ')})`;
const updateCall = `UPDATE call SET ${callColumns.map(name => `${name} = ?`).join(', ')} WHERE key = ?`;
const pointId = 'INSERT OR REPLACE INTO call_id (id, call) VALUES (?, ?)';

/** Reads and writes call rows, with everything that hangs on one: its ids, its dimensions, its share of the rollups. */
export class Calls {
  readonly #db: Database;
  readonly #dimensions: Dimensions;

  constructor(db: Database) {
    this.#db = db;
    this.#dimensions = new Dimensions(db);
  }

  /** Forgets remembered numbers: to be called when a transaction was rolled back. */
  forget(): void {
    this.#dimensions.forget();
  }

  /** The rows that any of the ids leads to, oldest first. */
  findByIds(ids: readonly string[]): CallRow[] {
    const keys = new Set<number>();
    for (const id of ids) {
      const found = this.#db.get<{ call: number }>('SELECT call FROM call_id WHERE id = ?', id);
      if (found) {
        keys.add(found.call);
      }
    }
    return [...keys].sort((a, b) => a - b).flatMap(key => this.#read('WHERE c.key = ?', key));
  }

  /** Calls stored as unpriced, oldest first. */
  findUnpriced(limit: number, offset: number): CallRow[] {
    return this.#read("WHERE c.cost_basis = 'unpriced' ORDER BY c.timestamp, c.key LIMIT ? OFFSET ?", limit, offset);
  }

  /** The newest calls by time, newest first. */
  findRecent(limit: number): CallRow[] {
    return this.#read('ORDER BY c.timestamp DESC, c.key DESC LIMIT ?', limit);
  }

  /** Which of the ids lead nowhere yet. */
  unknownIds(ids: readonly string[]): string[] {
    return ids.filter(id => !this.#db.get('SELECT 1 FROM call_id WHERE id = ?', id));
  }

  /** Stores a row as it is now, replacing its former self; the rollups follow. */
  put(row: CallRow, ids: readonly string[]): void {
    let key = this.#keyOf(row.id);
    if (key === undefined) {
      this.#db.run(insertCall, ...formatCall(row, this.#dimensions));
      key = this.#keyOf(row.id);
    } else {
      this.#takeFromRollup(key);
      this.#db.run(updateCall, ...formatCall(row, this.#dimensions), key);
    }
    addToRollup(this.#db, row, this.#dimensions.facet(row.record), 1);
    for (const id of ids) {
      this.#db.run(pointId, id, key as number);
    }
  }

  /** Removes a row that turned out to be the same call as another; its ids lead there from now on. */
  absorb(id: string, into: string): void {
    const from = this.#keyOf(id);
    const to = this.#keyOf(into);
    if (from !== undefined && to !== undefined) {
      this.#takeFromRollup(from);
      this.#db.run('UPDATE call_id SET call = ? WHERE call = ?', to, from);
      this.#db.run('DELETE FROM call WHERE key = ?', from);
    }
  }

  #keyOf(id: string): number | undefined {
    return this.#db.get<{ key: number }>('SELECT key FROM call WHERE id = ?', id)?.key;
  }

  #takeFromRollup(key: number): void {
    for (const row of this.#read('WHERE c.key = ?', key)) {
      addToRollup(this.#db, row, this.#dimensions.facet(row.record), -1);
    }
  }

  #read(clause: string, ...values: SqlValue[]): CallRow[] {
    return this.#db.all<SelectedCall>(`${selectCall} ${clause}`, ...values).map(parseCall);
  }
}
