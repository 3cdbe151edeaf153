import type { Range } from '../../core/sums.ts';
import type { Plan, UsageRecord } from '../../core/usageRecord.ts';
import type { CallRow } from '../tables/change.ts';
import type { Database } from '../tables/database.ts';
import { bucketMs } from '../tables/schema.ts';

/** What budgets choose calls by. */
export type SpendFacet = Pick<UsageRecord, 'agent' | 'model' | 'taskType' | 'userId' | 'branch' | 'plan'>;

/** What calls of one facet cost in one piece of time. */
export interface FacetSpend {
  /** Start of the piece, epoch ms. */
  readonly fromMs: number;
  /** The same object for all pieces of a facet. */
  readonly facet: SpendFacet;
  /** Nano-USD, never 0. */
  readonly nanoUsd: number;
}

/** Follows what calls cost without asking the database for each. Called inside transactions: it must not throw or ask the ledger. */
export interface SpendWatcher {
  /** A call counts from now on (`sign` 1), or no longer as it was (-1). */
  count(row: CallRow, sign: 1 | -1): void;
  /** More has changed than was counted, or what was counted was undone: ask the ledger anew. */
  reset(): void;
}

/** What the calls of a ledger cost, for those who keep sums of their own. Always as the tables are now, so that sums and watcher agree. */
export interface SpendStore {
  /** By quarters of an hour that begin in a range, in order; what retention dropped included. */
  quarters(range: Range): FacetSpend[];
  /** By minutes that begin in a short range of which all calls are there, in order. */
  minutes(range: Range): FacetSpend[];
  /** A session's by its quarters of an hour; what retention dropped is not in it. */
  session(name: string): FacetSpend[];
  /** Tells a watcher of every change from now on, in place of the one before. */
  watch(watcher: SpendWatcher): void;
}

interface FacetRow {
  readonly id: number;
  readonly agent: string | null;
  readonly model: string | null;
  readonly task_type: string | null;
  readonly user_id: string | null;
  readonly branch: string | null;
  readonly plan: Plan | null;
}

interface SpendRow {
  readonly piece: number;
  readonly facet: number;
  readonly nano: number;
}

const minuteMs = 60_000;

const quarterSql = `SELECT bucket AS piece, facet, cost_nano_usd AS nano FROM rollup
  WHERE bucket >= ? AND bucket < ? AND cost_nano_usd > 0 ORDER BY bucket`;
const minuteSql = `SELECT timestamp / ${minuteMs} AS piece, facet, sum(cost_nano_usd) AS nano FROM call
  WHERE timestamp >= ? AND timestamp < ? GROUP BY 1, 2 HAVING nano > 0 ORDER BY 1`;
// The order of the joins is meant: the planner would go through all calls.
const sessionSql = `SELECT c.timestamp / ${bucketMs} AS piece, c.facet, sum(c.cost_nano_usd) AS nano
  FROM session s CROSS JOIN session_rollup r ON r.session = s.id
  CROSS JOIN call c ON c.timestamp >= r.bucket * ${bucketMs} AND c.timestamp < (r.bucket + 1) * ${bucketMs} AND c.session = s.id
  WHERE s.name = ? GROUP BY 1, 2 HAVING nano > 0 ORDER BY 1`;

export const readQuarterSpend = (db: Database, { fromMs, toMs }: Range): FacetSpend[] =>
  read(db, db.all(quarterSql, Math.ceil(fromMs / bucketMs), Math.ceil(toMs / bucketMs)), bucketMs);

export const readMinuteSpend = (db: Database, { fromMs, toMs }: Range): FacetSpend[] =>
  read(db, db.all(minuteSql, fromMs, toMs), minuteMs);

export const readSessionSpend = (db: Database, name: string): FacetSpend[] =>
  read(db, db.all(sessionSql, name), bucketMs);

function read(db: Database, rows: readonly SpendRow[], pieceMs: number): FacetSpend[] {
  if (rows.length === 0) {
    return [];
  }
  const all = db.all<FacetRow>('SELECT id, agent, model, task_type, user_id, branch, plan FROM facet');
  const facets = new Map(
    all.map(({ id, task_type: taskType, user_id: userId, ...same }) => [id, { ...same, taskType, userId }]),
  );
  return rows.flatMap(({ piece, facet: id, nano }) => {
    const facet = facets.get(id);
    return facet ? [{ fromMs: piece * pieceMs, facet, nanoUsd: nano }] : [];
  });
}
