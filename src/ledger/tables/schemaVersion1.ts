const sums = `requests INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL, cache_write_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL, costed_requests INTEGER NOT NULL, unpriced_requests INTEGER NOT NULL,
  latency_ms INTEGER NOT NULL, timed_requests INTEGER NOT NULL`;

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
export const version1 = `
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
