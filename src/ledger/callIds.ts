import { crc32 } from 'node:zlib';
import type { CallPlace } from './callId.ts';
import type { Database } from './database.ts';

/**
 * Finds calls by the ids their sources know them by. A row holds the text of its request id, so that id costs no more than a
 * 32-bit hash beside it, and is compared as text; every further id is kept as text in `other_id`.
 */
export class CallIds {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The calls that an id leads to: one, but for exchanges of a gateway that must not be joined. */
  find(id: string): CallPlace[] {
    return this.#db.all<CallPlace>(
      `SELECT h.timestamp, h.n FROM request_hash h JOIN call c ON c.timestamp = h.timestamp AND c.n = h.n
       WHERE h.hash = ?1 AND c.request_id = ?2 UNION ALL SELECT timestamp, n FROM other_id WHERE id = ?2`,
      hash(id),
      id,
    );
  }

  /** Whether the id that a call's row shows leads to it. */
  leadsTo(requestId: string, { timestamp, n }: CallPlace): boolean {
    const places = [hash(requestId), timestamp, n];
    return (
      this.#db.get('SELECT 1 FROM request_hash WHERE hash = ? AND timestamp = ? AND n = ?', ...places) !== undefined
    );
  }

  /** Makes an id lead to a call; `requestId` is the one its row shows. */
  add(id: string, requestId: string | null, { timestamp, n }: CallPlace): void {
    if (id === requestId) {
      this.#db.run('INSERT OR IGNORE INTO request_hash (hash, timestamp, n) VALUES (?, ?, ?)', hash(id), timestamp, n);
    } else {
      this.#db.run('INSERT OR IGNORE INTO other_id (id, timestamp, n) VALUES (?, ?, ?)', id, timestamp, n);
    }
  }

  /** A call's row shows another request id than before: the former one must go on leading to it. */
  replaceRequestId(former: string | null, current: string | null, place: CallPlace): void {
    if (former !== null && former !== current) {
      const { timestamp, n } = place;
      this.#db.run('DELETE FROM request_hash WHERE hash = ? AND timestamp = ? AND n = ?', hash(former), timestamp, n);
      this.add(former, null, place);
    }
  }

  /** A call is gone: its request id leads nowhere. Its further ids are swept with the others that lead nowhere (disposal.ts). */
  forget(requestId: string | null, { timestamp, n }: CallPlace): void {
    if (requestId !== null) {
      const places = [hash(requestId), timestamp, n];
      this.#db.run('DELETE FROM request_hash WHERE hash = ? AND timestamp = ? AND n = ?', ...places);
    }
  }

  /** All ids of one call lead to another from now on. */
  move(from: CallPlace, requestId: string | null, to: CallPlace): void {
    this.replaceRequestId(requestId, null, from);
    const places = [to.timestamp, to.n, from.timestamp, from.n];
    this.#db.run('UPDATE other_id SET timestamp = ?, n = ? WHERE timestamp = ? AND n = ?', ...places);
  }
}

/** A signed 32-bit hash, which SQLite stores in four bytes. */
function hash(id: string): number {
  return crc32(id) | 0;
}
