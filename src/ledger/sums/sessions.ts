import type { Filter } from '../../core/filter.ts';
import type { Range } from '../../core/sums.ts';
import type { Database } from '../tables/database.ts';
import { findLimits, limitTo } from './filter.ts';

/** What a session did in a range, beside its sums. */
export interface SessionOutline {
  /** Null for calls without a session. */
  readonly sessionId: string | null;
  /** Its first and its last call in the range, epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Each once, in no particular order. */
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly taskTypes: readonly string[];
  readonly branches: readonly string[];
}

interface Row {
  session_id: string | null;
  first: number;
  last: number;
  agent: string | null;
  model: string | null;
  task_type: string | null;
  branch: string | null;
}

/** The sessions with calls in a range. Reads the calls themselves: what retention dropped is not among them. */
export function readSessions(db: Database, { fromMs, toMs }: Range, filter: Filter = {}): SessionOutline[] {
  const limits = findLimits(db, filter);
  const rows = db.all<Row>(
    `SELECT s.name AS session_id, g.first, g.last, f.agent, f.model, f.task_type, f.branch FROM (
      SELECT c.session, c.facet, min(c.timestamp) AS first, max(c.timestamp) AS last FROM call c
      WHERE c.timestamp >= ? AND c.timestamp < ?
      ${limitTo('c.facet', limits.facets)} ${limitTo('ifnull(c.session, 0)', limits.sessions)}
      GROUP BY c.session, c.facet) g JOIN facet f ON f.id = g.facet LEFT JOIN session s ON s.id = g.session`,
    fromMs,
    toMs,
  );
  return mergeSessions(
    rows.map(row => ({
      sessionId: row.session_id,
      firstMs: row.first,
      lastMs: row.last,
      agents: asList(row.agent),
      models: asList(row.model),
      taskTypes: asList(row.task_type),
      branches: asList(row.branch),
    })),
  );
}

/** Puts together what is of one session. */
export function mergeSessions(outlines: readonly SessionOutline[]): SessionOutline[] {
  const merged = new Map<string | null, SessionOutline>();
  const join = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])];
  for (const each of outlines) {
    const known = merged.get(each.sessionId);
    merged.set(
      each.sessionId,
      known
        ? {
            ...known,
            firstMs: Math.min(known.firstMs, each.firstMs),
            lastMs: Math.max(known.lastMs, each.lastMs),
            agents: join(known.agents, each.agents),
            models: join(known.models, each.models),
            taskTypes: join(known.taskTypes, each.taskTypes),
            branches: join(known.branches, each.branches),
          }
        : each,
    );
  }
  return [...merged.values()];
}

function asList(value: string | null): string[] {
  return value === null ? [] : [value];
}
