import type { GroupKey, Range } from '../../core/sums.ts';
import type { Signal, UsageRecord } from '../../core/usageRecord.ts';
import type { CallPlace } from '../joining/callId.ts';
import { facetColumn, isFacetKey } from '../sums/queries.ts';
import type { Database } from '../tables/database.ts';
import type { Dimensions, Facet } from '../tables/dimensions.ts';
import { bucketMs } from '../tables/schema.ts';
import { cutIntoSlots, raggedEnds, type Slot, wholeBuckets } from '../tables/slots.ts';

/** A call that a model did not answer: refused, broken, or never arrived. It has no tokens and no cost, and is in no sum of usage. */
export interface FailedCall extends Facet, Pick<UsageRecord, 'sessionId' | 'endpoint' | 'latencyMs'> {
  /** Every id the source knows the call by; a failed call that shares one with a stored one is the same. */
  readonly ids: readonly string[];
  /** The id shown to people; one of `ids`, or null. */
  readonly requestId: string | null;
  /** When the call was made, epoch ms, UTC. */
  readonly timestamp: number;
  /** HTTP status of the answer; null when nothing answered. */
  readonly status: number | null;
  /** The provider's own word (`rate_limit_error`) or the system's (`ECONNREFUSED`). Never a message: it could quote a prompt. */
  readonly error: string | null;
  readonly signal: Signal;
}

/** A stored failed call, without the ids that are not shown. */
export type StoredFailedCall = Omit<FailedCall, 'ids'>;

/** What failed calls can be grouped by: the keys of usage, and `status` (HTTP; null: nothing answered). */
export type FailedKey = GroupKey | 'status';

export interface FailedGroup {
  readonly key: Readonly<Partial<Record<FailedKey, string | number | null>>>;
  /** Failed calls in the group. */
  readonly requests: number;
}

/** A failed call with its place among those of its ms, as the journal holds it. */
export interface FailedRow {
  readonly n: number;
  readonly call: FailedCall;
}

type GroupRow = { readonly slot: number; readonly requests: number } & Readonly<Record<string, string | number | null>>;
type Columns =
  | 'provider'
  | 'model'
  | 'agent'
  | 'branch'
  | 'endpoint'
  | 'error'
  | 'project'
  | 'team'
  | 'folder'
  | 'plan';
type SelectedRow = Pick<StoredFailedCall, Columns | 'timestamp' | 'signal'> & {
  readonly task_type: string | null;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly request_id: string | null;
  readonly latency_ms: number | null;
  readonly status: number;
};

const count = `INSERT INTO failed_rollup (bucket, facet, status, requests) VALUES (?, ?, ?, 1)
  ON CONFLICT (bucket, facet, status) DO UPDATE SET requests = requests + 1`;
const uncount = `UPDATE failed_rollup SET requests = requests - 1 WHERE bucket = ? AND facet = ? AND status = ?`;
const selectRow = `SELECT c.*, s.name AS session_id, f.provider, f.model, f.agent, f.task_type, f.user_id, f.team, f.project,
  f.branch, f.folder, f.plan
  FROM failed_call c JOIN facet f ON f.id = c.facet LEFT JOIN session s ON s.id = c.session`;

/** The table of failed calls, with their counts by quarter of an hour. */
export class FailedCalls {
  readonly #db: Database;
  readonly #dimensions: Dimensions;

  constructor(db: Database, dimensions: Dimensions) {
    this.#db = db;
    this.#dimensions = dimensions;
  }

  /** The row that a failed call will be; null when it is stored already. */
  place(call: FailedCall): FailedRow | null {
    const isKnown = call.ids.some(id => this.#db.get('SELECT 1 FROM failed_id WHERE id = ?', id) !== undefined);
    const last = 'SELECT max(n) AS n FROM failed_call WHERE timestamp = ?';
    const n = (this.#db.get<{ n: number | null }>(last, call.timestamp)?.n ?? -1) + 1;
    return isKnown ? null : { n, call };
  }

  /** Stores a row; one that is there already stays as it is. */
  put({ n, call }: FailedRow): void {
    const { timestamp } = call;
    if (this.#db.get('SELECT 1 FROM failed_call WHERE timestamp = ? AND n = ?', timestamp, n)) {
      return;
    }
    const facet = this.#dimensions.facet(call);
    const status = call.status ?? 0;
    this.#db.run(
      'INSERT INTO failed_call VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[timestamp, n, facet, this.#dimensions.session(call.sessionId), status, call.error],
      ...[call.requestId, call.endpoint, call.latencyMs, call.signal],
    );
    for (const id of call.ids) {
      this.#db.run('INSERT OR IGNORE INTO failed_id VALUES (?, ?, ?)', id, timestamp, n);
    }
    this.#db.run(count, Math.floor(timestamp / bucketMs), facet, status);
  }

  /** Drops the rows before an instant; their counts stay. */
  prune(before: number): void {
    for (const table of ['failed_call', 'failed_id']) {
      this.#db.run(`DELETE FROM ${table} WHERE timestamp < ?`, before);
    }
  }

  /** Deletes the rows of a range or a session with their counts; of a range also the counts whose rows were dropped before. */
  delete(selection: { readonly range: Range } | { readonly sessionId: string }): void {
    const [condition, values] =
      'range' in selection
        ? ['timestamp >= ? AND timestamp < ?', [selection.range.fromMs, selection.range.toMs]]
        : ['session = (SELECT id FROM session WHERE name = ?)', [selection.sessionId]];
    const rows = this.#db.all<CallPlace & { facet: number; status: number }>(
      `SELECT timestamp, n, facet, status FROM failed_call WHERE ${condition}`,
      ...values,
    );
    for (const { timestamp, n, facet, status } of rows) {
      this.#db.run(uncount, Math.floor(timestamp / bucketMs), facet, status);
      this.#db.run('DELETE FROM failed_id WHERE timestamp = ? AND n = ?', timestamp, n);
    }
    this.#db.run(`DELETE FROM failed_call WHERE ${condition}`, ...values);
    if ('range' in selection) {
      this.#db.run('DELETE FROM failed_rollup WHERE bucket >= ? AND bucket < ?', ...wholeBuckets(selection.range));
    }
    this.#db.run('DELETE FROM failed_rollup WHERE requests = 0');
  }

  /** Counts by any combination of keys, in no particular order; `zone` is the IANA zone of `day` and `hour`. */
  group(range: Range, keys: readonly FailedKey[], zone: string): FailedGroup[] {
    const usageKeys = keys.filter(key => key !== 'status');
    const held = this.#db.get<{ first: number | null; last: number | null }>(
      'SELECT min(bucket) AS first, max(bucket) AS last FROM failed_rollup',
    );
    const fromMs = Math.max(range.fromMs, (held?.first ?? 0) * bucketMs);
    const toMs = Math.max(fromMs, Math.min(range.toMs, ((held?.last ?? -1) + 1) * bucketMs));
    const slots = cutIntoSlots({ fromMs, toMs }, usageKeys, zone);
    const isFromRows = usageKeys.includes('session_id');
    const pieces = isFromRows ? slots.map((slot, index) => ({ ...slot, index })) : raggedEnds(slots);
    const buckets = isFromRows ? [] : slots.map((slot, index) => [index, ...wholeBuckets(slot)]);
    const names = [...usageKeys.filter(isFacetKey).map(facetColumn), ...(isFromRows ? ['s.name AS session_id'] : [])];
    const sql = `SELECT ${[...names, 'g.slot', 'g.status', 'g.requests'].join(', ')} FROM (
      SELECT piece.value ->> 0 AS slot, c.facet, c.session, c.status, 1 AS requests FROM json_each(?) piece
        JOIN failed_call c ON c.timestamp >= piece.value ->> 1 AND c.timestamp < piece.value ->> 2
      UNION ALL SELECT piece.value ->> 0, r.facet, NULL, r.status, r.requests FROM json_each(?) piece
        JOIN failed_rollup r ON r.bucket >= piece.value ->> 1 AND r.bucket < piece.value ->> 2
      ) g JOIN facet f ON f.id = g.facet LEFT JOIN session s ON s.id = g.session`;
    const texts = [pieces.map(piece => [piece.index, piece.fromMs, piece.toMs]), buckets].map(each =>
      JSON.stringify(each),
    );
    return gatherGroups(this.#db.all<GroupRow>(sql, ...texts), keys, slots);
  }

  /** The newest failed calls of a range by time, newest first. */
  list({ fromMs, toMs }: Range, limit: number): StoredFailedCall[] {
    const sql = `${selectRow} WHERE c.timestamp >= ? AND c.timestamp < ? ORDER BY c.timestamp DESC, c.n DESC LIMIT ?`;
    return this.#db.all<SelectedRow>(sql, fromMs, toMs, limit).map(parseRow);
  }
}

function gatherGroups(rows: readonly GroupRow[], keys: readonly FailedKey[], slots: readonly Slot[]): FailedGroup[] {
  const groups = new Map<string, FailedGroup>();
  for (const row of rows) {
    const time = slots[row.slot]?.key;
    const readKey = (name: FailedKey) => {
      if (name === 'day' || name === 'hour') {
        return time?.[name] ?? null;
      }
      return name === 'status' ? row.status || null : (row[name] ?? null);
    };
    const key = Object.fromEntries(keys.map(name => [name, readKey(name)]));
    const text = JSON.stringify(key);
    groups.set(text, { key, requests: (groups.get(text)?.requests ?? 0) + row.requests });
  }
  return [...groups.values()];
}

function parseRow(row: SelectedRow): StoredFailedCall {
  const { provider, model, agent, team, project, branch, folder, plan, endpoint, error, signal, timestamp } = row;
  return {
    ...{ provider, model, agent, team, project, branch, folder, plan, endpoint, error, signal, timestamp },
    taskType: row.task_type,
    userId: row.user_id,
    sessionId: row.session_id,
    requestId: row.request_id,
    latencyMs: row.latency_ms,
    status: row.status || null,
  };
}
