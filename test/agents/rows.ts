import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ReportedCall } from './provider/reportedCall.ts';
import type { Told } from './realAgent.ts';

/** One row of `token_usage`, as far as a provider can know it. */
export interface Row {
  readonly model: string;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number | null;
}

export interface StoredRow extends Row {
  readonly signal: string;
  readonly signals: readonly string[];
  readonly agent: string | null;
  readonly session: string | null;
  readonly cost: number | null;
}

/** The rows of a ledger that was closed, by any SQLite tool's means, ordered as {@link expectRows} orders them. */
export function readRows(storage: string): StoredRow[] {
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT model, prompt_tokens - cache_read_tokens - cache_write_tokens AS input, cache_read_tokens AS cacheRead,
           cache_write_tokens AS cacheWrite, cache_write_1h_tokens AS cacheWrite1h, completion_tokens AS output,
           reasoning_tokens AS reasoning, signal, signals, agent, session_id AS session, cost FROM token_usage`,
      )
      .all() as unknown as (StoredRow & { readonly signals: string })[];
    return inOrder(rows.map(row => ({ ...row, signals: row.signals.split(/[ ,]+/) })));
  } finally {
    database.close();
  }
}

/** The rows that these calls must give, told in one way: one per call. */
export function expectRows(calls: readonly ReportedCall[], { reasoning, cacheTtl }: Told): Row[] {
  return inOrder(
    calls.map(call => ({
      model: call.model,
      input: call.input,
      cacheRead: call.cacheRead,
      cacheWrite: call.cacheWrite5m + call.cacheWrite1h,
      cacheWrite1h: cacheTtl ? call.cacheWrite1h : 0,
      output: call.output,
      reasoning: reasoning ? call.reasoning : null,
    })),
  );
}

function inOrder<T extends Row>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => a.input - b.input || a.output - b.output);
}
