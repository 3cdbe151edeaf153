import type { Calls } from './tables/calls.ts';
import type { Selection } from './tables/change.ts';
import type { Database } from './tables/database.ts';
import { bucketMs, rollupColumns, wideQuarters } from './tables/schema.ts';

/** Rows taken out at a time, so that a large deletion needs little memory. */
const chunk = 1000;

/** Wide buckets anew from the single ones of a range. */
const rebuildWide = `INSERT INTO wide_rollup (bucket, facet, ${rollupColumns.join(', ')})
  SELECT bucket / ${wideQuarters} AS wide, facet, ${rollupColumns.map(name => `sum(${name})`).join(', ')}
  FROM rollup WHERE bucket >= ? AND bucket < ? GROUP BY wide, facet`;

/** Drops what retention or the user wants gone. Both run inside a transaction, and again when the journal is replayed. */
export class Disposal {
  readonly #db: Database;
  readonly #calls: Calls;

  constructor(db: Database, calls: Calls) {
    this.#db = db;
    this.#calls = calls;
  }

  /** The instant (epoch ms) before which only sums are left; 0 when every call is there. */
  get detailSince(): number {
    return this.#db.get<{ value: number }>("SELECT value FROM meta WHERE key = 'detail_since'")?.value ?? 0;
  }

  /** Drops the calls before an instant, with their ids and reports; the rollups keep their sums. */
  prune(before: number): void {
    for (const table of ['call', 'request_hash', 'other_id', 'observation', 'gone']) {
      this.#db.run(`DELETE FROM ${table} WHERE timestamp < ?`, before);
    }
    const since = Math.max(before, this.detailSince);
    this.#db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('detail_since', ?)", since);
  }

  /** Deletes calls with their sums. Of a range, also the sums of calls that retention had dropped. */
  delete(selection: Selection): void {
    const [condition, values] =
      'range' in selection
        ? ['c.timestamp >= ? AND c.timestamp < ?', [selection.range.fromMs, selection.range.toMs]]
        : ['s.name = ?', [selection.sessionId]];
    for (let rows = chunk; rows === chunk; ) {
      const found = this.#calls.read(`WHERE ${condition} LIMIT ${chunk}`, ...values);
      for (const row of found) {
        this.#calls.remove(row);
      }
      rows = found.length;
    }
    this.#calls.writeRollups();
    for (const table of ['other_id', 'observation']) {
      const isLost = `NOT EXISTS (SELECT 1 FROM call c WHERE c.timestamp = ${table}.timestamp AND c.n = ${table}.n)`;
      this.#db.run(`DELETE FROM ${table} WHERE ${isLost}`);
    }
    if ('range' in selection) {
      this.#deleteSums(Math.ceil(selection.range.fromMs / bucketMs), Math.floor(selection.range.toMs / bucketMs));
    }
  }

  /** What is left in whole buckets once their calls are gone are sums of dropped calls. */
  #deleteSums(first: number, end: number): void {
    this.#db.run('DELETE FROM session_rollup WHERE bucket >= ? AND bucket < ?', first, end);
    this.#db.run('DELETE FROM rollup WHERE bucket >= ? AND bucket < ?', first, end);
    const wide = [Math.floor(first / wideQuarters), Math.ceil(end / wideQuarters)];
    this.#db.run('DELETE FROM wide_rollup WHERE bucket >= ? AND bucket < ?', ...wide);
    this.#db.run(rebuildWide, ...wide.map(bucket => bucket * wideQuarters));
  }
}
