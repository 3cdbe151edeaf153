import type { Range, Sums } from '../../core/sums.ts';
import { type SumRow, toSums } from '../sums/queries.ts';
import type { CallRow } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';
import { measure } from '../tables/rollups.ts';
import { bucketMs, rollupColumns } from '../tables/schema.ts';

/** Ids read at a time. */
const page = 1000;

/** The sums of one quarter of an hour. */
export interface Quarter {
  /** Epoch ms. */
  readonly fromMs: number;
  readonly sums: Sums;
}

/** The quarters of an hour that begin in a range and hold calls, in order. */
export function readQuarters(db: Database, { fromMs, toMs }: Range): Quarter[] {
  const sums = rollupColumns.map(name => `sum(${name}) AS ${name}`).join(', ');
  const rows = db.all<SumRow & { bucket: number }>(
    `SELECT bucket, ${sums} FROM rollup WHERE bucket >= ? AND bucket < ? GROUP BY bucket ORDER BY bucket`,
    Math.ceil(fromMs / bucketMs),
    Math.ceil(toMs / bucketMs),
  );
  return rows.map(row => ({ fromMs: row.bucket * bucketMs, sums: toSums(row) }));
}

/** What one call adds to the sums. */
export function sumsOf(row: CallRow): Sums {
  const measures = measure(row);
  return toSums(Object.fromEntries(rollupColumns.map((name, index) => [name, measures[index]])) as SumRow);
}

/** The ids by which calls since an instant (epoch ms) are known, each once, in pieces: others may work in between. */
export function* readIds(db: Database, sinceMs: number): Generator<string[]> {
  const calls = `SELECT timestamp, n, request_id AS id FROM call
    WHERE (timestamp, n) > (?, ?) AND request_id IS NOT NULL ORDER BY timestamp, n LIMIT ${page}`;
  for (let last = { timestamp: sinceMs, n: -1 }, length = page; length === page; ) {
    const rows = db.all<{ timestamp: number; n: number; id: string }>(calls, last.timestamp, last.n);
    yield rows.map(({ id }) => id);
    last = rows.at(-1) ?? last;
    length = rows.length;
  }
  const others = `SELECT id, timestamp FROM other_id WHERE id > ? ORDER BY id LIMIT ${page}`;
  for (let last = '', length = page; length === page; ) {
    const rows = db.all<{ id: string; timestamp: number }>(others, last);
    yield rows.flatMap(({ id, timestamp }) => (timestamp >= sinceMs ? [id] : []));
    last = rows.at(-1)?.id ?? last;
    length = rows.length;
  }
}
