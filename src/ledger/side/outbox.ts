import { type CallPlace, formatCallId, parseCallId } from '../joining/callId.ts';
import type { Calls } from '../tables/calls.ts';
import type { CallRow, Change } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';

/** How long what waits for a destination that nobody names any more is kept, ms: 30 days. */
const keepMs = 30 * 86_400_000;

/** What waits to be forwarded: a call as it is now, or only its id when it turned out to be another call or was deleted. */
export interface Outgoing {
  /** Its place in the queue: grows with every change, per destination, for ever. */
  readonly number: number;
  readonly id: string;
  /** Epoch ms. */
  readonly timestamp: number;
  /** Null when the call is gone. */
  readonly row: CallRow | null;
}

export type OutboxChange = Extract<Change, { kind: 'destinations' | 'forwarded' | 'forwardHistory' }>;

/**
 * What each destination has not been sent yet, as places of calls: a call that changes again moves to the end of the queue, so that
 * the queue is never longer than the ledger. It is written in the transaction that changes the call and read back from the journal
 * with it, so a kill loses nothing. Empty, and free of cost, while nothing is forwarded.
 */
export class Outbox {
  readonly #db: Database;
  readonly #ledger: string;
  readonly #calls: Calls;
  #destinations: { readonly id: number; next: number }[] | null = null;

  constructor(db: Database, ledger: string, calls: Calls) {
    this.#db = db;
    this.#ledger = ledger;
    this.#calls = calls;
  }

  /** Queues calls for every destination. To be called with each change of them, inside its transaction. */
  add(ids: readonly string[]): void {
    for (const destination of this.#list()) {
      for (const id of ids) {
        this.#put(destination, id);
      }
    }
  }

  /** Brings the queues to what a change says. Doing so twice changes nothing that matters: a call may be sent again. */
  apply(change: OutboxChange): void {
    if (change.kind === 'destinations') {
      this.#setDestinations(change.names, change.at);
    } else if (change.kind === 'forwarded') {
      // Numbers never begin anew, also in an empty queue.
      this.#db.run(
        'UPDATE destination SET last_number = max(last_number, ?) WHERE name = ?',
        change.through,
        change.destination,
      );
      const sql = 'DELETE FROM outbox WHERE destination = (SELECT id FROM destination WHERE name = ?) AND number <= ?';
      this.#db.run(sql, change.destination, change.through);
    } else {
      this.#addHistory(change);
    }
  }

  /** Nothing from before an instant (epoch ms) waits any more: those calls are gone. */
  prune(before: number): void {
    // Numbers never begin anew: one that was sent and not confirmed is a revision already.
    this.#db.run(
      `UPDATE destination SET last_number = max(last_number, ifnull((SELECT max(number) FROM outbox WHERE destination = destination.id), 0))`,
    );
    this.#db.run('DELETE FROM outbox WHERE timestamp < ?', before);
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    this.#destinations = null;
  }

  /** Names of the destinations that are forwarded to. */
  names(): string[] {
    const sql = 'SELECT name FROM destination WHERE dropped_at IS NULL ORDER BY name';
    return this.#db.all<{ name: string }>(sql).map(({ name }) => name);
  }

  /** The next calls for a destination, in the order of their changes. */
  next(destination: string, limit: number): Outgoing[] {
    const places = this.#db.all<CallPlace & { number: number }>(
      `SELECT o.number, o.timestamp, o.n FROM outbox o JOIN destination d ON d.id = o.destination
       WHERE d.name = ? ORDER BY o.number LIMIT ?`,
      destination,
      limit,
    );
    return places.map(({ number, timestamp, n }) => {
      const [row = null] = this.#calls.read('WHERE c.timestamp = ? AND c.n = ?', timestamp, n);
      return { number, id: formatCallId(this.#ledger, { timestamp, n }), timestamp, row };
    });
  }

  /** How many calls wait for a destination. */
  waiting(destination: string): number {
    const sql = 'SELECT count(*) AS n FROM outbox WHERE destination = (SELECT id FROM destination WHERE name = ?)';
    return this.#db.get<{ n: number }>(sql, destination)?.n ?? 0;
  }

  /** The time of the oldest call that waits (epoch ms): retention must not drop it yet. Null when none does. */
  oldest(): number | null {
    return this.#db.get<{ oldest: number | null }>('SELECT min(timestamp) AS oldest FROM outbox')?.oldest ?? null;
  }

  #list() {
    this.#destinations ??= this.#db.all<{ id: number; next: number }>(
      `SELECT d.id, 1 + max(d.last_number, ifnull((SELECT max(o.number) FROM outbox o WHERE o.destination = d.id), 0)) AS next
       FROM destination d`,
    );
    return this.#destinations;
  }

  #put(destination: { readonly id: number; next: number }, id: string): void {
    const place = parseCallId(id);
    if (place) {
      const sql = 'INSERT OR REPLACE INTO outbox (destination, timestamp, n, number) VALUES (?, ?, ?, ?)';
      this.#db.run(sql, destination.id, place.timestamp, place.n, destination.next++);
    }
  }

  #setDestinations(names: readonly string[], at: number): void {
    for (const name of names) {
      // A destination that is made anew goes on with higher numbers: they are the revisions by which it tells old from new.
      this.#db.run('INSERT OR IGNORE INTO destination (name, last_number) VALUES (?, ?)', name, at);
    }
    const wanted = JSON.stringify(names);
    const isWanted = 'name IN (SELECT value FROM json_each(?))';
    this.#db.run(`UPDATE destination SET dropped_at = NULL WHERE ${isWanted}`, wanted);
    this.#db.run(`UPDATE destination SET dropped_at = ifnull(dropped_at, ?) WHERE NOT ${isWanted}`, at, wanted);
    this.#db.run(
      'DELETE FROM outbox WHERE destination IN (SELECT id FROM destination WHERE dropped_at < ?)',
      at - keepMs,
    );
    this.#db.run('DELETE FROM destination WHERE dropped_at < ?', at - keepMs);
    this.forget();
  }

  #addHistory({ destination, range, n }: Extract<Change, { kind: 'forwardHistory' }>): void {
    const target = this.#db.get<{ id: number }>('SELECT id FROM destination WHERE name = ?', destination);
    const next = this.#list().find(({ id }) => id === target?.id)?.next;
    if (target && next !== undefined) {
      this.#db.run(
        // What waits already moves to the end, too: it may be under way, as it was before.
        `INSERT OR REPLACE INTO outbox (destination, timestamp, n, number)
         SELECT ?1, timestamp, n, ?2 + row_number() OVER (ORDER BY timestamp, n) FROM call
         WHERE timestamp >= ?3 AND timestamp < ?4 AND n = ifnull(?5, n)`,
        target.id,
        next,
        range.fromMs,
        range.toMs,
        n ?? null,
      );
      this.forget();
    }
  }
}
