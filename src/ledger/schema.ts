import type { Database } from './database.ts';

/** Version of the tables below, kept in `PRAGMA user_version`. */
export const schemaVersion = 1;

/** Length of a rollup bucket in ms: a quarter of an hour, because time zones are multiples of it. */
export const bucketMs = 900_000;

/** The sums of a rollup row, in the order of `core/sums.ts`. */
export const rollupColumns = [
  'requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_nano_usd',
  'costed_requests',
  'unpriced_requests',
  'latency_ms',
  'timed_requests',
] as const;

/** What one row of `call` adds to each rollup column; used for rollups and for ranges that cut a bucket. */
export const callMeasures = `
  1 AS requests,
  ifnull(c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.cache_write, 0) AS prompt_tokens,
  ifnull(c.output, 0) AS completion_tokens,
  c.cache_read AS cache_read_tokens,
  c.cache_write_5m + c.cache_write_1h + c.cache_write AS cache_write_tokens,
  ifnull(c.reasoning, 0) AS reasoning_tokens,
  ifnull(c.cost_nano_usd, 0) AS cost_nano_usd,
  c.cost_nano_usd IS NOT NULL AS costed_requests,
  c.cost_basis = 'unpriced' AS unpriced_requests,
  ifnull(c.latency_ms, 0) AS latency_ms,
  c.latency_ms IS NOT NULL AS timed_requests`;

/**
 * `facet` holds each combination of the small dimensions once; calls and rollups point at it. `call_id` is every id a call is
 * known by. The two views are the frozen face for other SQL programs (docs/architecture.md, "The tables").
 */
const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID;
CREATE TABLE facet (
  id INTEGER PRIMARY KEY, provider TEXT, model TEXT, agent TEXT, task_type TEXT,
  user_id TEXT, team TEXT, project TEXT, branch TEXT
);
CREATE TABLE session (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE rate (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE);
CREATE TABLE call (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, timestamp INTEGER NOT NULL,
  facet INTEGER NOT NULL REFERENCES facet, session INTEGER REFERENCES session,
  input INTEGER, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write INTEGER NOT NULL, output INTEGER, reasoning INTEGER,
  cost_nano_usd INTEGER, cost_basis TEXT NOT NULL, rate INTEGER REFERENCES rate, billed_nano_usd INTEGER,
  request_id TEXT, endpoint TEXT, latency_ms INTEGER, service_tier TEXT, speed TEXT, inference_geo TEXT,
  web_searches INTEGER NOT NULL, completeness TEXT NOT NULL, signal TEXT NOT NULL,
  signals TEXT NOT NULL, observations INTEGER NOT NULL
);
CREATE INDEX call_timestamp ON call (timestamp);
CREATE INDEX call_unpriced ON call (timestamp) WHERE cost_basis = 'unpriced';
CREATE TABLE call_id (id TEXT PRIMARY KEY NOT NULL, call INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rollup (
  bucket INTEGER NOT NULL, facet INTEGER NOT NULL,
  ${rollupColumns.map(name => `${name} INTEGER NOT NULL`).join(', ')},
  PRIMARY KEY (bucket, facet)
) WITHOUT ROWID;
CREATE TABLE notice (key TEXT PRIMARY KEY NOT NULL, marked_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIEW token_usage AS SELECT
  c.id, strftime('%Y-%m-%dT%H:%M:%fZ', c.timestamp / 1000.0, 'unixepoch') AS timestamp,
  s.name AS session_id, f.task_type, f.agent, f.provider, f.model,
  c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.cache_write AS prompt_tokens,
  c.output AS completion_tokens, c.cache_read AS cache_read_tokens,
  c.cache_write_5m + c.cache_write_1h + c.cache_write AS cache_write_tokens, c.cache_write_1h AS cache_write_1h_tokens,
  c.reasoning AS reasoning_tokens, c.cost_nano_usd / 1e9 AS cost, c.cost_nano_usd, c.cost_basis,
  f.user_id, f.team, f.project, f.branch, c.request_id, c.endpoint, c.latency_ms, c.service_tier, c.signal,
  c.signals, c.observations
FROM call c JOIN facet f ON f.id = c.facet LEFT JOIN session s ON s.id = c.session;
CREATE VIEW api_usage AS SELECT
  timestamp, request_id, model, prompt_tokens AS input_tokens, completion_tokens AS output_tokens,
  prompt_tokens + completion_tokens AS total_tokens, cost AS cost_usd, user_id, endpoint, latency_ms
FROM token_usage;
`;

/** Raised for a database written by a newer Spend Lens: it is left alone. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/** The schema a database was written with; 0 for an empty one. */
export function readSchemaVersion(db: Database): number {
  return db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Throws {@link NewerSchemaError} for a schema that is ahead of this program. */
export function rejectNewerSchema(version: number): void {
  if (version > schemaVersion) {
    throw new NewerSchemaError(
      `The database has schema ${version}, this version of Spend Lens knows ${schemaVersion}. Update the extension to use it.`,
    );
  }
}

/** Brings an empty database to the current schema. */
export function ensureSchema(db: Database): void {
  if (readSchemaVersion(db) === 0) {
    db.exec(`BEGIN; ${tables} PRAGMA user_version = ${schemaVersion}; COMMIT;`);
  }
}
