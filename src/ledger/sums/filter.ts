import { type Filter, type FilterKey, filterKeys } from '../../core/filter.ts';
import type { Database } from '../tables/database.ts';

/** A filter by the numbers that stand for values; null where it does not choose. */
export interface Limits {
  readonly facets: readonly number[] | null;
  /** 0 stands for calls without a session. */
  readonly sessions: readonly number[] | null;
}

/** Looks up which facets and sessions a filter chooses. */
export function findLimits(db: Database, { session_id: sessions, ...filter }: Filter): Limits {
  const keys = filterKeys.filter(
    (key): key is Exclude<FilterKey, 'session_id'> => key in filter && key !== 'session_id',
  );
  const conditions = keys.map(key => {
    const column = facetColumn(key);
    const orNone = filter[key]?.includes(null) ? `OR ${column} IS NULL` : '';
    return `(${column} IN (SELECT value FROM json_each(?)) ${orNone})`;
  });
  const values = keys.map(key => formatNames(filter[key] ?? []));
  const facets =
    keys.length === 0 ? null : findNumbers(db, `SELECT id FROM facet f WHERE ${conditions.join(' AND ')}`, values);
  const all = db.get<{ facets: number }>('SELECT count(*) AS facets FROM facet')?.facets;
  return {
    // A filter that leaves nothing out costs nothing: few have calls of a subscription, which sums of spend ask for all the same.
    facets: facets?.length === all ? null : facets,
    sessions: sessions
      ? [
          ...(sessions.includes(null) ? [0] : []),
          ...findNumbers(db, 'SELECT id FROM session WHERE name IN (SELECT value FROM json_each(?))', [
            formatNames(sessions),
          ]),
        ]
      : null,
  };
}

/** The column of a facet's value; a call whose plan nobody said is paid per token. */
export function facetColumn(key: Exclude<FilterKey, 'session_id'>): string {
  return key === 'plan' ? "ifnull(f.plan, 'api')" : `f.${key}`;
}

/** A condition to be added to others, `AND …`; empty where nothing is chosen. The numbers are our own. */
export function limitTo(column: string, numbers: readonly number[] | null): string {
  return numbers === null ? '' : `AND ${column} IN (${numbers.join(', ')})`;
}

function formatNames(values: readonly (string | null)[]): string {
  return JSON.stringify(values.filter(value => value !== null));
}

function findNumbers(db: Database, sql: string, values: readonly string[]): number[] {
  return db.all<{ id: number }>(sql, ...values).map(({ id }) => id);
}
