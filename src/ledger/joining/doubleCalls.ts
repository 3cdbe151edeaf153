import type { Range } from '../../core/sums.ts';
import type { CallRow, Selection } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';

/**
 * Calls that another ledger holds, too, and that retention dropped here. Their sums stay in both, and nobody can tell any more that
 * they are one call: so what is counted too much is remembered whole. They are few: reports of one call seldom go to two ledgers.
 */
export class DoubleCalls {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Remembers rows, of this ledger or of another one. */
  put(rows: readonly CallRow[]): void {
    for (const row of rows) {
      const sql = 'INSERT OR REPLACE INTO double_call (id, timestamp, session, row) VALUES (?, ?, ?, ?)';
      this.#db.run(sql, row.id, row.record.timestamp, row.record.sessionId, JSON.stringify(row));
    }
  }

  /** Those of a range. */
  list({ fromMs, toMs }: Range): CallRow[] {
    const sql = 'SELECT row FROM double_call WHERE timestamp >= ? AND timestamp < ?';
    return this.#db.all<{ row: string }>(sql, fromMs, toMs).map(({ row }) => JSON.parse(row));
  }

  delete(selection: Selection): void {
    if ('range' in selection) {
      const { fromMs, toMs } = selection.range;
      this.#db.run('DELETE FROM double_call WHERE timestamp >= ? AND timestamp < ?', fromMs, toMs);
    } else {
      this.#db.run('DELETE FROM double_call WHERE session = ?', selection.sessionId);
    }
  }
}
