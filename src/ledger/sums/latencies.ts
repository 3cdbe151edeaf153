import type { GroupKey } from '../../core/sums.ts';
import type { CallRow } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';
import { latencyBound } from './latencyBounds.ts';
import { facetColumn } from './queries.ts';

/** How many calls took at most so long, and more than the bound before. */
export interface LatencyCount {
  /** One of {@link latencyBoundsMs}. */
  readonly boundMs: number;
  readonly requests: number;
  /** Of all of them together. */
  readonly latencyMs: number;
}

/** The latencies of all calls with the same values of some dimensions. */
export interface LatencyGroup {
  readonly key: Readonly<Partial<Record<GroupKey, string | null>>>;
  readonly counts: readonly LatencyCount[];
}

/** Counts of latencies by facet, kept beside the calls like the rollups; retention leaves them. */
export class Latencies {
  readonly #db: Database;
  #pending = new Map<string, { facet: number; bound: number; requests: number; latencyMs: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds a call (`sign` 1) or takes it out again (-1). Written by {@link Latencies.write}. */
  add({ record: { latencyMs } }: CallRow, facet: number, sign: 1 | -1): void {
    if (latencyMs === null) {
      return;
    }
    const bound = latencyBound(latencyMs);
    const key = `${facet} ${bound}`;
    const known = this.#pending.get(key) ?? { facet, bound, requests: 0, latencyMs: 0 };
    known.requests += sign;
    known.latencyMs += sign * latencyMs;
    this.#pending.set(key, known);
  }

  write(): void {
    for (const { facet, bound, requests, latencyMs } of this.#pending.values()) {
      if (requests !== 0 || latencyMs !== 0) {
        this.#db.run(addCounts, facet, bound, requests, latencyMs);
      }
    }
    this.#pending.clear();
  }

  /** Forgets what was gathered: to be called when the transaction was rolled back. */
  forget(): void {
    this.#pending.clear();
  }
}

const addCounts = `INSERT INTO latency_rollup (facet, bound_ms, requests, latency_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT (facet, bound_ms)
  DO UPDATE SET requests = requests + excluded.requests, latency_ms = latency_ms + excluded.latency_ms`;

/** The latencies of all calls, deleted ones excepted, by any of the small dimensions. In no particular order. */
export function groupLatencies(db: Database, keys: readonly GroupKey[]): LatencyGroup[] {
  const columns = [
    ...keys.map(facetColumn),
    'l.bound_ms',
    'sum(l.requests) AS requests',
    'sum(l.latency_ms) AS latency_ms',
  ];
  const rows = db.all<{ bound_ms: number; requests: number; latency_ms: number } & Record<string, string | null>>(
    `SELECT ${columns.join(', ')} FROM latency_rollup l JOIN facet f ON f.id = l.facet
     WHERE l.requests > 0 GROUP BY ${columns
       .slice(0, -2)
       .map((_, index) => index + 1)
       .join(', ')}`,
  );
  const groups = new Map<string, LatencyGroup & { readonly counts: LatencyCount[] }>();
  for (const row of rows) {
    const key = Object.fromEntries(keys.map(name => [name, row[name] ?? null]));
    const text = JSON.stringify(key);
    const counts = groups.get(text)?.counts ?? [];
    counts.push({ boundMs: row.bound_ms, requests: row.requests, latencyMs: row.latency_ms });
    groups.set(text, { key, counts });
  }
  return [...groups.values()];
}
