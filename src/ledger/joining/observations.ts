import { type Completeness, cacheWriteTokens, type Signal, type UsageRecord } from '../../core/usageRecord.ts';
import type { Database } from '../tables/database.ts';
import { parseCallId } from './callId.ts';

/** One report of a call, as it came. */
export interface Observation {
  readonly signal: Signal;
  readonly completeness: Completeness;
  /** Time of the call in that report, epoch ms. */
  readonly timestamp: number;
  readonly inputTokens: number | null;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number | null;
  readonly ids: readonly string[];
}

interface Row {
  signal: Signal;
  completeness: Completeness;
  reported_at: number;
  input: number | null;
  cache_read: number;
  cache_write: number;
  output: number | null;
  ids: string;
}

/** What a record says, as it is kept beside its row. */
export function observe(record: UsageRecord): Observation {
  const { tokens } = record;
  return {
    signal: record.signal,
    completeness: record.completeness,
    timestamp: record.timestamp,
    inputTokens: tokens.input,
    cacheReadTokens: tokens.cacheRead,
    cacheWriteTokens: cacheWriteTokens(tokens),
    outputTokens: tokens.output,
    ids: record.ids,
  };
}

/** The reports that made a row of several, in the order in which they came; none for a row of one. */
export function readObservations(db: Database, id: string): Observation[] {
  const place = parseCallId(id);
  const sql = 'SELECT * FROM observation WHERE timestamp = ? AND n = ? ORDER BY number';
  return (place ? db.all<Row>(sql, place.timestamp, place.n) : []).map(row => ({
    signal: row.signal,
    completeness: row.completeness,
    timestamp: row.reported_at,
    inputTokens: row.input,
    cacheReadTokens: row.cache_read,
    cacheWriteTokens: row.cache_write,
    outputTokens: row.output,
    ids: JSON.parse(row.ids),
  }));
}

/** Replaces the reports of a row. */
export function writeObservations(db: Database, id: string, observations: readonly Observation[]): void {
  const place = parseCallId(id);
  if (place) {
    db.run('DELETE FROM observation WHERE timestamp = ? AND n = ?', place.timestamp, place.n);
    for (const [number, seen] of observations.entries()) {
      db.run(
        'INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[place.timestamp, place.n, number, seen.signal, seen.completeness, seen.timestamp, seen.inputTokens],
        ...[seen.cacheReadTokens, seen.cacheWriteTokens, seen.outputTokens, JSON.stringify(seen.ids)],
      );
    }
  }
}
