import type { Database } from '../tables/database.ts';
import type { CallPlace } from './callId.ts';
import { hashId, IdHashes } from './idHashes.ts';

/** Calls that one id leads to at most: so many exchanges of a gateway have one id only where it says nothing. */
const mostCalls = 4;
/** Hashes read at a time. */
const page = 20_000;

/**
 * Finds calls by the ids their sources know them by. A row holds the text of its request id, so that id costs no more than a
 * 32-bit hash beside it, and is compared as text; every further id is kept as text in `other_id`.
 */
export class CallIds {
  readonly #db: Database;
  /** Of all ids that lead somewhere. */
  readonly #hashes = new IdHashes();
  #isRead = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Reads the hashes of all ids, in pieces: others may work in between. Until it is done, each id is looked for in the tables. */
  *read(): Generator<void> {
    const requests = `SELECT json_group_array(hash) AS hashes, max(hash) AS last, count(*) AS count FROM
      (SELECT hash FROM request_hash WHERE hash > ? ORDER BY hash LIMIT ${page})`;
    for (let last = -(2 ** 31) - 1, count = page; count === page; ) {
      const found = this.#db.get<{ hashes: string; last: number | null; count: number }>(requests, last);
      for (const hash of JSON.parse(found?.hashes ?? '[]') as number[]) {
        this.#hashes.add(hash);
      }
      last = found?.last ?? last;
      count = found?.count ?? 0;
      yield;
    }
    const others = `SELECT json_group_array(id) AS ids, max(id) AS last, count(*) AS count FROM
      (SELECT id FROM other_id WHERE id > ? ORDER BY id LIMIT ${page})`;
    for (let last = '', count = page; count === page; ) {
      const found = this.#db.get<{ ids: string; last: string | null; count: number }>(others, last);
      for (const id of JSON.parse(found?.ids ?? '[]') as string[]) {
        this.#hashes.add(hashId(id));
      }
      last = found?.last ?? last;
      count = found?.count ?? 0;
      yield;
    }
    this.#isRead = true;
  }

  /** The calls that an id leads to: one, but for exchanges of a gateway that must not be joined. */
  find(id: string): CallPlace[] {
    const hash = hashId(id);
    return this.#isRead && !this.#hashes.has(hash) ? [] : this.#look(hash, id);
  }

  #look(hash: number, id: string): CallPlace[] {
    return this.#db.all<CallPlace>(
      `SELECT h.timestamp, h.n FROM request_hash h JOIN call c ON c.timestamp = h.timestamp AND c.n = h.n
       WHERE h.hash = ?1 AND c.request_id = ?2 UNION ALL SELECT timestamp, n FROM other_id WHERE id = ?2`,
      hash,
      id,
    );
  }

  /** Whether the id that a call's row shows leads to it. */
  leadsTo(requestId: string, { timestamp, n }: CallPlace): boolean {
    const places = [hashId(requestId), timestamp, n];
    return (
      this.#db.get('SELECT 1 FROM request_hash WHERE hash = ? AND timestamp = ? AND n = ?', ...places) !== undefined
    );
  }

  /** Makes an id lead to a call; `requestId` is the one its row shows. */
  add(id: string, requestId: string | null, { timestamp, n }: CallPlace): void {
    const hash = hashId(id);
    const mayBeKnown = !this.#isRead || this.#hashes.has(hash);
    this.#hashes.add(hash);
    if (id === requestId) {
      if (!mayBeKnown || this.#look(hash, id).length < mostCalls) {
        this.#db.run('INSERT OR IGNORE INTO request_hash (hash, timestamp, n) VALUES (?, ?, ?)', hash, timestamp, n);
      }
    } else {
      this.#db.run('INSERT OR IGNORE INTO other_id (id, timestamp, n) VALUES (?, ?, ?)', id, timestamp, n);
    }
  }

  /** A call's row shows another request id than before: the former one must go on leading to it. */
  replaceRequestId(former: string | null, current: string | null, place: CallPlace): void {
    if (former !== null && former !== current) {
      const { timestamp, n } = place;
      this.#db.run('DELETE FROM request_hash WHERE hash = ? AND timestamp = ? AND n = ?', hashId(former), timestamp, n);
      this.add(former, null, place);
    }
  }

  /** A call is gone: its request id leads nowhere. Its further ids are swept with the others that lead nowhere (disposal.ts). */
  forget(requestId: string | null, { timestamp, n }: CallPlace): void {
    if (requestId !== null) {
      const places = [hashId(requestId), timestamp, n];
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
