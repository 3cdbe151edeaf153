import type { Database } from './database.ts';

/** Length of a rollup bucket in ms: a quarter of an hour, because time zones are multiples of it. */
export const bucketMs = 900_000;

/** Quarters in a wide bucket: four hours, so that a year of them is summed in a few ms. */
export const wideQuarters = 16;

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

/** What one row of `call` (with its `manner` m) adds to each rollup column; for ranges that cut a bucket. */
export const callMeasures = `
  1 AS requests,
  ifnull(c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.cache_write, 0) AS prompt_tokens,
  ifnull(c.output, 0) AS completion_tokens,
  c.cache_read AS cache_read_tokens,
  c.cache_write_5m + c.cache_write_1h + c.cache_write AS cache_write_tokens,
  ifnull(c.reasoning, 0) AS reasoning_tokens,
  ifnull(c.cost_nano_usd, 0) AS cost_nano_usd,
  c.cost_nano_usd IS NOT NULL AS costed_requests,
  m.cost_basis = 'unpriced' AS unpriced_requests,
  ifnull(c.latency_ms, 0) AS latency_ms,
  c.latency_ms IS NOT NULL AS timed_requests`;

const sums = rollupColumns.map(name => `${name} INTEGER NOT NULL`).join(', ');

/**
 * Version 1. Small, because the whole database lives in memory:
 * - `facet` holds each combination of the small dimensions once, `manner` each way a call was made, seen and priced; calls point
 *   at them. A call is known by its time and a number among those of the same ms, so that it needs no index beside its own tree.
 * - `request_hash` finds a call by its request id (the text is compared in the row); `other_id` holds a call's further ids.
 * - `observation` holds the reports that made a row, where there is more than one.
 * - `session_span` holds when each passive signal of a session was seen, so that a second one is not counted beside it.
 * - `rollup` and `session_rollup` hold the sums of quarters of an hour by facet and by session, `wide_rollup` those of four hours.
 * - `gone` holds the numbers of calls that turned out to be another one, so that no id is ever given twice.
 * The two views are the frozen face for other SQL programs (docs/architecture.md, "The tables").
 */
const version1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID;
CREATE TABLE facet (
  id INTEGER PRIMARY KEY, provider TEXT, model TEXT, agent TEXT, task_type TEXT,
  user_id TEXT, team TEXT, project TEXT, branch TEXT
);
CREATE TABLE manner (
  id INTEGER PRIMARY KEY, endpoint TEXT, service_tier TEXT, speed TEXT, inference_geo TEXT,
  completeness TEXT NOT NULL, signal TEXT NOT NULL, signals TEXT NOT NULL, cost_basis TEXT NOT NULL, rate TEXT
);
CREATE TABLE session (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE call (
  timestamp INTEGER NOT NULL, n INTEGER NOT NULL,
  facet INTEGER NOT NULL, manner INTEGER NOT NULL, session INTEGER,
  input INTEGER, cache_read INTEGER NOT NULL, cache_write_5m INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  cache_write INTEGER NOT NULL, output INTEGER, reasoning INTEGER, cost_nano_usd INTEGER, billed_nano_usd INTEGER,
  request_id TEXT, latency_ms INTEGER, web_searches INTEGER NOT NULL, observations INTEGER NOT NULL,
  PRIMARY KEY (timestamp, n)
) WITHOUT ROWID;
CREATE TABLE request_hash (
  hash INTEGER NOT NULL, timestamp INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (hash, timestamp, n)
) WITHOUT ROWID;
CREATE TABLE other_id (
  id TEXT PRIMARY KEY NOT NULL, timestamp INTEGER NOT NULL, n INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE observation (
  timestamp INTEGER NOT NULL, n INTEGER NOT NULL, number INTEGER NOT NULL,
  signal TEXT NOT NULL, completeness TEXT NOT NULL, reported_at INTEGER NOT NULL,
  input INTEGER, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, output INTEGER, ids TEXT NOT NULL,
  PRIMARY KEY (timestamp, n, number)
) WITHOUT ROWID;
CREATE TABLE session_span (
  session INTEGER NOT NULL, signal TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  has_call_ids INTEGER NOT NULL,
  PRIMARY KEY (session, signal)
) WITHOUT ROWID;
CREATE TABLE gone (timestamp INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (timestamp, n)) WITHOUT ROWID;
CREATE TABLE rollup (bucket INTEGER NOT NULL, facet INTEGER NOT NULL, ${sums}, PRIMARY KEY (bucket, facet)) WITHOUT ROWID;
CREATE TABLE wide_rollup (
  bucket INTEGER NOT NULL, facet INTEGER NOT NULL, ${sums}, PRIMARY KEY (bucket, facet)
) WITHOUT ROWID;
CREATE TABLE session_rollup (
  bucket INTEGER NOT NULL, session INTEGER NOT NULL, ${sums}, PRIMARY KEY (bucket, session)
) WITHOUT ROWID;
CREATE TABLE notice (key TEXT PRIMARY KEY NOT NULL, marked_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIEW token_usage AS SELECT
  (SELECT value FROM meta WHERE key = 'ledger') || '-' || c.timestamp || '-' || c.n AS id,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.timestamp / 1000.0, 'unixepoch') AS timestamp,
  s.name AS session_id, f.task_type, f.agent, f.provider, f.model,
  c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.cache_write AS prompt_tokens,
  c.output AS completion_tokens, c.cache_read AS cache_read_tokens,
  c.cache_write_5m + c.cache_write_1h + c.cache_write AS cache_write_tokens, c.cache_write_1h AS cache_write_1h_tokens,
  c.reasoning AS reasoning_tokens, c.cost_nano_usd / 1e9 AS cost, c.cost_nano_usd, m.cost_basis,
  f.user_id, f.team, f.project, f.branch, c.request_id, m.endpoint, c.latency_ms, m.service_tier, m.signal,
  m.signals, c.observations
FROM call c JOIN facet f ON f.id = c.facet JOIN manner m ON m.id = c.manner LEFT JOIN session s ON s.id = c.session;
CREATE VIEW api_usage AS SELECT
  timestamp, request_id, model, prompt_tokens AS input_tokens, completion_tokens AS output_tokens,
  prompt_tokens + completion_tokens AS total_tokens, cost AS cost_usd, user_id, endpoint, latency_ms
FROM token_usage;
`;

/**
 * Version 2:
 * - `destination` names where calls are forwarded to, `outbox` holds the places of calls that each was not sent yet.
 */
const version2 = `
CREATE TABLE destination (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_number INTEGER NOT NULL, dropped_at INTEGER
);
CREATE TABLE outbox (
  destination INTEGER NOT NULL, timestamp INTEGER NOT NULL, n INTEGER NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (destination, timestamp, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_number ON outbox (destination, number);
`;

/** One step a version; a step is never changed once it was released. */
const migrations: readonly string[] = [version1, version2];

/** Version of the tables above, kept in `PRAGMA user_version`. */
export const schemaVersion = migrations.length;

/** The schema a database was written with; 0 for an empty one. */
export function readSchemaVersion(db: Database): number {
  return db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

/** Brings a database, also an empty one, to the current schema, each step in a transaction of its own. */
export function migrate(db: Database): void {
  for (let version = readSchemaVersion(db); version < schemaVersion; version++) {
    db.exec(`BEGIN; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}
