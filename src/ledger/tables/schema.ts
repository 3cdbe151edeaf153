import { countStoredLatencies } from '../sums/latencyBounds.ts';
import type { Database } from './database.ts';
import { version1 } from './schemaVersion1.ts';

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
  'subscription_nano_usd',
  'subscription_costed_requests',
  'estimated_requests',
] as const;

/** What one row of `call` (with its `manner` m and its `facet` f) adds to each rollup column; for ranges that cut a bucket. */
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
  c.latency_ms IS NOT NULL AS timed_requests,
  iif(f.plan = 'subscription', ifnull(c.cost_nano_usd, 0), 0) AS subscription_nano_usd,
  f.plan IS 'subscription' AND c.cost_nano_usd IS NOT NULL AS subscription_costed_requests,
  m.cost_basis = 'estimated' AS estimated_requests`;

const subscriptionSums = ['rollup', 'wide_rollup', 'session_rollup']
  .map(
    table => `ALTER TABLE ${table} ADD COLUMN subscription_nano_usd INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ${table} ADD COLUMN subscription_costed_requests INTEGER NOT NULL DEFAULT 0;`,
  )
  .join('\n');

/** How many calls of a sum were estimated, also of those that are there already; each table by its length of bucket and dimension. */
const estimatedSums = [
  ['rollup', bucketMs, 'facet'],
  ['wide_rollup', bucketMs * wideQuarters, 'facet'],
  ['session_rollup', bucketMs, 'session'],
]
  .map(
    ([table, length, dimension]) => `ALTER TABLE ${table} ADD COLUMN estimated_requests INTEGER NOT NULL DEFAULT 0;
UPDATE ${table} AS r SET estimated_requests = g.requests FROM (
  SELECT c.timestamp / ${length} AS bucket, ifnull(c.${dimension}, 0) AS dimension, count(*) AS requests
  FROM call c JOIN manner m ON m.id = c.manner WHERE m.cost_basis = 'estimated' GROUP BY 1, 2
) g WHERE r.bucket = g.bucket AND r.${dimension} = g.dimension;`,
  )
  .join('\n');

/**
 * Version 2:
 * - `facet` also tells who pays (`plan`; NULL counts as `api`) and the working `folder`; a call keeps its agent's own cost figure.
 *   Rollups tell apart what subscriptions pay for, and what is estimated; those of a session are found by its number, too.
 * - `failed_call` holds calls that got no answer from a model, `failed_id` finds them by their ids, `failed_rollup` counts them by
 *   quarter of an hour, facet and HTTP status (0: nothing answered).
 * - `estimate` holds what a user asked the cost of before sending it, and the call that it turned out to be (with its figures as
 *   they were, for when retention drops it).
 * - `latency_rollup` counts latencies in classes by facet, for the histogram of `GET /metrics`.
 * - `double_call` holds calls that are counted too much when all ledgers are added up, since retention dropped one of their rows.
 * - `destination` names where calls are forwarded to, `outbox` holds the places of calls that each was not sent yet.
 */
const version2 = `
ALTER TABLE facet ADD COLUMN folder TEXT;
ALTER TABLE facet ADD COLUMN plan TEXT;
ALTER TABLE call ADD COLUMN agent_cost_nano_usd INTEGER;
${subscriptionSums}
${estimatedSums}
CREATE INDEX session_rollup_session ON session_rollup (session, bucket);
CREATE TABLE failed_call (
  timestamp INTEGER NOT NULL, n INTEGER NOT NULL, facet INTEGER NOT NULL, session INTEGER, status INTEGER NOT NULL,
  error TEXT, request_id TEXT, endpoint TEXT, latency_ms INTEGER, signal TEXT NOT NULL,
  PRIMARY KEY (timestamp, n)
) WITHOUT ROWID;
CREATE TABLE failed_id (id TEXT PRIMARY KEY NOT NULL, timestamp INTEGER NOT NULL, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE failed_rollup (
  bucket INTEGER NOT NULL, facet INTEGER NOT NULL, status INTEGER NOT NULL, requests INTEGER NOT NULL,
  PRIMARY KEY (bucket, facet, status)
) WITHOUT ROWID;
CREATE TABLE estimate (
  id TEXT PRIMARY KEY NOT NULL, timestamp INTEGER NOT NULL, model TEXT NOT NULL, session TEXT, text_hash TEXT, file_type TEXT,
  is_exact INTEGER NOT NULL, input INTEGER NOT NULL, input_low INTEGER NOT NULL, input_high INTEGER NOT NULL,
  base INTEGER NOT NULL, output INTEGER,
  cost_nano_usd INTEGER, cost_low_nano_usd INTEGER, cost_high_nano_usd INTEGER,
  call TEXT, matched_at INTEGER, is_whole INTEGER, actual_input INTEGER, actual_output INTEGER, actual_cost_nano_usd INTEGER
) WITHOUT ROWID;
CREATE INDEX estimate_time ON estimate (timestamp);
CREATE INDEX estimate_call ON estimate (call) WHERE call IS NOT NULL;
DROP VIEW api_usage;
DROP VIEW token_usage;
CREATE VIEW token_usage AS SELECT
  (SELECT value FROM meta WHERE key = 'ledger') || '-' || c.timestamp || '-' || c.n AS id,
  strftime('%Y-%m-%dT%H:%M:%fZ', c.timestamp / 1000.0, 'unixepoch') AS timestamp,
  s.name AS session_id, f.task_type, f.agent, f.provider, f.model,
  c.input + c.cache_read + c.cache_write_5m + c.cache_write_1h + c.cache_write AS prompt_tokens,
  c.output AS completion_tokens, c.cache_read AS cache_read_tokens,
  c.cache_write_5m + c.cache_write_1h + c.cache_write AS cache_write_tokens, c.cache_write_1h AS cache_write_1h_tokens,
  c.reasoning AS reasoning_tokens, c.cost_nano_usd / 1e9 AS cost, c.cost_nano_usd, m.cost_basis,
  f.user_id, f.team, f.project, f.branch, c.request_id, m.endpoint, c.latency_ms, m.service_tier, m.signal,
  m.signals, c.observations, ifnull(f.plan, 'api') AS plan, f.folder, c.agent_cost_nano_usd
FROM call c JOIN facet f ON f.id = c.facet JOIN manner m ON m.id = c.manner LEFT JOIN session s ON s.id = c.session;
CREATE VIEW api_usage AS SELECT
  timestamp, request_id, model, prompt_tokens AS input_tokens, completion_tokens AS output_tokens,
  prompt_tokens + completion_tokens AS total_tokens, cost AS cost_usd, user_id, endpoint, latency_ms
FROM token_usage;
CREATE VIEW failed_usage AS SELECT
  strftime('%Y-%m-%dT%H:%M:%fZ', c.timestamp / 1000.0, 'unixepoch') AS timestamp, s.name AS session_id,
  nullif(c.status, 0) AS status, c.error, f.task_type, f.agent, f.provider, f.model, f.user_id, f.team, f.project, f.branch, f.folder,
  c.request_id, c.endpoint, c.latency_ms, c.signal
FROM failed_call c JOIN facet f ON f.id = c.facet LEFT JOIN session s ON s.id = c.session;
CREATE TABLE double_call (id TEXT PRIMARY KEY NOT NULL, timestamp INTEGER NOT NULL, session TEXT, row TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX double_call_time ON double_call (timestamp);
CREATE TABLE destination (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_number INTEGER NOT NULL, dropped_at INTEGER
);
CREATE TABLE outbox (
  destination INTEGER NOT NULL, timestamp INTEGER NOT NULL, n INTEGER NOT NULL, number INTEGER NOT NULL,
  PRIMARY KEY (destination, timestamp, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_number ON outbox (destination, number);
CREATE TABLE latency_rollup (
  facet INTEGER NOT NULL, bound_ms INTEGER NOT NULL, requests INTEGER NOT NULL, latency_ms INTEGER NOT NULL,
  PRIMARY KEY (facet, bound_ms)
) WITHOUT ROWID;
${countStoredLatencies}
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
