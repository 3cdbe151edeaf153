import { type Columns, callColumns, goneColumns, sumsColumns } from './columns.ts';

const quote = (name: string) => `"${name}"`;

/** `INSERT` of the rows that one JSON parameter holds: one round trip, whatever their number. */
function insertInto<T>(table: string, { names, types }: Columns<T>): string {
  const shape = names.map(name => `${quote(name)} ${types[name]}`).join(', ');
  const list = names.map(quote).join(', ');
  return `INSERT INTO ${table} (${list}) SELECT ${list} FROM json_to_recordset($1::json) AS row (${shape})`;
}

/** The same for a role that may update: what is there already and not newer is brought up to date. */
function upsertInto<T>(table: string, columns: Columns<T>, key: readonly string[]): string {
  const changed = columns.names.filter(name => !key.includes(name));
  const set = changed.map(name => `${quote(name)} = EXCLUDED.${quote(name)}`).join(', ');
  const on = key.map(quote).join(', ');
  return `${insertInto(table, columns)} ON CONFLICT (${on}) DO UPDATE SET ${set} WHERE ${table}.revision <= EXCLUDED.revision`;
}

/** How rows are written: by plain inserts, which the server's triggers turn into updates, or by a role that may update itself. */
export interface Statements {
  readonly calls: string;
  readonly gone: string;
  /** Takes the sums away that a newer set replaces; null where the trigger does it. Its parameter is the rows' JSON too. */
  readonly clearSums: string | null;
  readonly sums: string;
}

export const insertOnly: Statements = {
  calls: insertInto('api_usage', callColumns),
  gone: insertInto('api_usage_gone', goneColumns),
  clearSums: null,
  sums: insertInto('api_usage_sums', sumsColumns),
};

export const withUpdate: Statements = {
  calls: upsertInto('api_usage', callColumns, ['id', 'timestamp']),
  gone: `DELETE FROM api_usage u USING json_to_recordset($1::json) AS row (id text, "timestamp" timestamptz, revision bigint)
    WHERE u.id = row.id AND u."timestamp" = row."timestamp" AND u.revision <= row.revision`,
  clearSums: `DELETE FROM api_usage_sums s
    USING (SELECT DISTINCT source, bucket, revision FROM json_to_recordset($1::json) AS row (source text, bucket timestamptz, revision bigint)) AS row
    WHERE s.source = row.source AND s.bucket = row.bucket AND s.revision < row.revision`,
  sums: upsertInto('api_usage_sums', sumsColumns, ['source', 'bucket', 'model', 'team', 'project', 'user_id']),
};

/** What {@link askRights} answers. */
export interface Rights {
  readonly exists: boolean;
  /** This role may do more than insert. */
  readonly can_update: boolean;
  readonly has_triggers: boolean;
}

/** Whether the tables are there, and what the server and this role can do with them. */
export const askRights = `SELECT to_regclass('api_usage') IS NOT NULL AND to_regclass('api_usage_sums') IS NOT NULL AS exists,
  coalesce(bool_and(has_table_privilege(name, 'SELECT') AND has_table_privilege(name, 'UPDATE') AND has_table_privilege(name, 'DELETE')), false) AS can_update,
  EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass('api_usage') AND tgname = 'api_usage_accept') AS has_triggers
  FROM unnest(ARRAY['api_usage', 'api_usage_sums']) AS name WHERE to_regclass(name) IS NOT NULL`;
