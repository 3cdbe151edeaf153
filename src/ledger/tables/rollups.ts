import { cacheWriteTokens, promptTokens } from '../../core/usageRecord.ts';
import { Latencies } from '../sums/latencies.ts';
import type { CallRow } from './change.ts';
import type { Database } from './database.ts';
import { bucketMs, rollupColumns, wideQuarters } from './schema.ts';

/** Stands for calls without a session in `session_rollup`; no session has that number. */
const noSession = 0;
/** More than any number of a facet or session; with a bucket before it (2^23 until the year 2100) still an exact number. */
const dimensionLimit = 2 ** 30;

type Table = 'rollup' | 'wide_rollup' | 'session_rollup';
type Measures = number[];
type PerColumn<Columns extends readonly string[]> = { [Index in keyof Columns]: number };

const dimensionOf: Record<Table, string> = { rollup: 'facet', wide_rollup: 'facet', session_rollup: 'session' };
const tables = Object.keys(dimensionOf) as Table[];

/** A call's share of its bucket, in the order of `rollupColumns`. Mirrors `callMeasures` in schema.ts. */
export function measure({ record, cost }: CallRow): Measures {
  const { tokens, latencyMs } = record;
  const isSubscription = record.plan === 'subscription';
  const { nanoUsd } = cost;
  const isCosted = nanoUsd === null ? 0 : 1;
  // Made for every call, so not put together by names.
  return [
    1,
    promptTokens(tokens) ?? 0,
    tokens.output ?? 0,
    tokens.cacheRead,
    cacheWriteTokens(tokens),
    tokens.reasoning ?? 0,
    nanoUsd ?? 0,
    isCosted,
    cost.basis === 'unpriced' ? 1 : 0,
    latencyMs ?? 0,
    latencyMs === null ? 0 : 1,
    isSubscription ? (nanoUsd ?? 0) : 0,
    isSubscription ? isCosted : 0,
    cost.basis === 'estimated' ? 1 : 0,
  ] satisfies PerColumn<typeof rollupColumns>;
}

/**
 * The sums kept beside the calls. What a transaction adds and takes is gathered, and written once per bucket and dimension by
 * {@link Rollups.write}, which must run before the transaction ends.
 */
export class Rollups {
  readonly #db: Database;
  readonly #latencies: Latencies;
  /** By bucket and dimension in one number, which a map finds faster than a text. */
  readonly #pending: Record<Table, Map<number, Measures>> = {
    rollup: new Map(),
    wide_rollup: new Map(),
    session_rollup: new Map(),
  };

  constructor(db: Database) {
    this.#db = db;
    this.#latencies = new Latencies(db);
  }

  /** Adds a call's share (`sign` 1) or takes it out again (-1). */
  add(row: CallRow, facet: number, session: number | null, sign: 1 | -1): void {
    const bucket = Math.floor(row.record.timestamp / bucketMs);
    const measures = measure(row);
    this.#gather('rollup', bucket, facet, measures, sign);
    this.#gather('wide_rollup', Math.floor(bucket / wideQuarters), facet, measures, sign);
    this.#gather('session_rollup', bucket, session ?? noSession, measures, sign);
    this.#latencies.add(row, facet, sign);
  }

  write(): void {
    for (const table of tables) {
      for (const [place, measures] of this.#pending[table]) {
        const dimension = place % dimensionLimit;
        const bucket = (place - dimension) / dimensionLimit;
        this.#db.run(addSums[table], bucket, dimension, ...measures);
        if ((measures[0] ?? 0) < 0) {
          this.#db.run(dropEmpty[table], bucket, dimension);
        }
      }
    }
    this.#latencies.write();
    this.forget();
  }

  /** Forgets what was gathered: to be called when the transaction was rolled back. */
  forget(): void {
    for (const table of tables) {
      this.#pending[table].clear();
    }
    this.#latencies.forget();
  }

  #gather(table: Table, bucket: number, dimension: number, measures: Measures, sign: 1 | -1): void {
    const place = bucket * dimensionLimit + dimension;
    const known = this.#pending[table].get(place);
    if (known) {
      for (let index = 0; index < known.length; index++) {
        known[index] = (known[index] ?? 0) + sign * (measures[index] ?? 0);
      }
    } else {
      this.#pending[table].set(place, sign === 1 ? measures.slice() : measures.map(value => -value));
    }
  }
}

function forTables(format: (table: Table, dimension: string) => string): Record<Table, string> {
  return {
    rollup: format('rollup', dimensionOf.rollup),
    wide_rollup: format('wide_rollup', dimensionOf.wide_rollup),
    session_rollup: format('session_rollup', dimensionOf.session_rollup),
  };
}

const addSums = forTables(
  (table, dimension) => `INSERT INTO ${table} (bucket, ${dimension}, ${rollupColumns.join(', ')})
  VALUES (?, ?, ${rollupColumns.map(() => '?').join(', ')}) ON CONFLICT (bucket, ${dimension})
  DO UPDATE SET ${rollupColumns.map(name => `${name} = ${name} + excluded.${name}`).join(', ')}`,
);
const dropEmpty = forTables(
  (table, dimension) => `DELETE FROM ${table} WHERE bucket = ? AND ${dimension} = ? AND requests = 0`,
);
