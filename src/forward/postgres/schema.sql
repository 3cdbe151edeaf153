-- Spend Lens: the tables that engines forward to and that the team view reads.
--
-- Run once, by a role that may create tables:   psql -v ON_ERROR_STOP=1 -d usage -f schema.sql
-- It can be run again at any time (it adds partitions for the months to come) and needs PostgreSQL 13 or newer, or what speaks like it.
--
-- Roles. Engines need no more than INSERT on api_usage, api_usage_gone and api_usage_sums, and a reader of the team view SELECT:
--   GRANT INSERT ON api_usage, api_usage_gone, api_usage_sums TO spend_lens_writer;
--   GRANT SELECT ON api_usage, api_usage_sums, team_budget TO spend_lens_reader;
-- Corrections come as inserts too; the triggers below turn them into updates with the rights of the role that runs this file.
-- Where there are no triggers (CockroachDB, Citus' distributed tables), the writers need SELECT, UPDATE and DELETE as well.

BEGIN;

-- One row per model call; the greatest revision of an id is right. Money is USD, time is UTC.
CREATE TABLE IF NOT EXISTS api_usage (
  id TEXT NOT NULL,
  "timestamp" TIMESTAMPTZ NOT NULL,
  revision BIGINT NOT NULL,
  request_id TEXT,
  provider TEXT,
  model TEXT,
  agent TEXT,
  task_type TEXT,
  session_id TEXT,
  user_id TEXT,
  team TEXT,
  project TEXT,
  endpoint TEXT,
  service_tier TEXT,
  input_tokens BIGINT,
  output_tokens BIGINT,
  total_tokens BIGINT GENERATED ALWAYS AS (input_tokens + output_tokens) STORED,
  cache_read_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT,
  cost_usd NUMERIC(20, 9),
  cost_basis TEXT NOT NULL,
  plan TEXT NOT NULL,
  latency_ms BIGINT,
  signal TEXT NOT NULL,
  PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");

CREATE INDEX IF NOT EXISTS api_usage_time ON api_usage ("timestamp");

-- Calls that turned out to be another one.
CREATE TABLE IF NOT EXISTS api_usage_gone (
  id TEXT NOT NULL,
  "timestamp" TIMESTAMPTZ NOT NULL,
  revision BIGINT NOT NULL
);

-- Sums of a quarter of an hour, for every privacy level; the team view reads these. What is not told is ''. `source` stands for a ledger.
CREATE TABLE IF NOT EXISTS api_usage_sums (
  source TEXT NOT NULL,
  bucket TIMESTAMPTZ NOT NULL,
  model TEXT NOT NULL,
  team TEXT NOT NULL,
  project TEXT NOT NULL,
  user_id TEXT NOT NULL,
  requests BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cache_read_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  costed_requests BIGINT NOT NULL,
  unpriced_requests BIGINT NOT NULL,
  estimated_requests BIGINT NOT NULL,
  subscription_costed_requests BIGINT NOT NULL,
  latency_ms BIGINT NOT NULL,
  timed_requests BIGINT NOT NULL,
  cost_usd NUMERIC(20, 9) NOT NULL,
  subscription_cost_usd NUMERIC(20, 9) NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (source, bucket, model, team, project, user_id)
) PARTITION BY RANGE (bucket);

CREATE INDEX IF NOT EXISTS api_usage_sums_time ON api_usage_sums (bucket);

-- What a lead allows: read by the team view, never written by Spend Lens. team, project and user_id narrow it where they are not null.
CREATE TABLE IF NOT EXISTS team_budget (
  name TEXT PRIMARY KEY,
  limit_usd NUMERIC(20, 9) NOT NULL CHECK (limit_usd > 0),
  period TEXT NOT NULL DEFAULT 'month' CHECK (period IN ('day', 'week', 'month')),
  team TEXT,
  project TEXT,
  user_id TEXT
);

-- From here on: partitions and triggers. A server that does not have them needs the tables above only, each without its PARTITION BY;
-- Spend Lens does so by itself where it may make tables and the server refuses this file.

-- By month, from two years ago to two years ahead; what is outside, or came before its month was made, is in ..._other.
DO $$
DECLARE
  parent TEXT;
  at TEXT;
  month DATE;
  name TEXT;
  first TEXT;
  next TEXT;
  is_used BOOLEAN;
BEGIN
  FOR parent, at IN VALUES ('api_usage', 'timestamp'), ('api_usage_sums', 'bucket') LOOP
    CONTINUE WHEN (SELECT relkind FROM pg_class WHERE oid = to_regclass(parent)) <> 'p';
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I DEFAULT', parent || '_other', parent);
    FOR month IN SELECT date_trunc('month', now()) + n * INTERVAL '1 month' FROM generate_series(-24, 24) AS n LOOP
      name := parent || to_char(month, '_YYYY_MM');
      CONTINUE WHEN to_regclass(name) IS NOT NULL;
      first := month || ' 00:00:00+00';
      next := (month + INTERVAL '1 month')::DATE || ' 00:00:00+00';
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I >= %L AND %I < %L)', parent || '_other', at, first, at, next) INTO is_used;
      IF NOT is_used THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent, first, next);
      END IF;
    END LOOP;
  END LOOP;
END $$;

-- A call that is there already is brought up to date instead of inserted again.
CREATE OR REPLACE FUNCTION api_usage_accept() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE api_usage SET
    revision = NEW.revision, request_id = NEW.request_id, provider = NEW.provider, model = NEW.model, agent = NEW.agent,
    task_type = NEW.task_type, session_id = NEW.session_id, user_id = NEW.user_id, team = NEW.team, project = NEW.project,
    endpoint = NEW.endpoint, service_tier = NEW.service_tier, input_tokens = NEW.input_tokens, output_tokens = NEW.output_tokens,
    cache_read_tokens = NEW.cache_read_tokens, cache_write_tokens = NEW.cache_write_tokens,
    reasoning_tokens = NEW.reasoning_tokens, cost_usd = NEW.cost_usd, cost_basis = NEW.cost_basis, plan = NEW.plan,
    latency_ms = NEW.latency_ms, signal = NEW.signal
  WHERE id = NEW.id AND "timestamp" = NEW."timestamp" AND revision <= NEW.revision;
  IF FOUND OR EXISTS (SELECT 1 FROM api_usage WHERE id = NEW.id AND "timestamp" = NEW."timestamp") THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION api_usage_forget() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM api_usage WHERE id = NEW.id AND "timestamp" = NEW."timestamp" AND revision <= NEW.revision;
  RETURN NULL;
END $$;

-- The sums of a quarter come all at once, with one revision: those of an older one make room.
CREATE OR REPLACE FUNCTION api_usage_sums_accept() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  DELETE FROM api_usage_sums WHERE source = NEW.source AND bucket = NEW.bucket AND revision < NEW.revision;
  IF EXISTS (SELECT 1 FROM api_usage_sums WHERE source = NEW.source AND bucket = NEW.bucket
    AND (revision > NEW.revision OR (model = NEW.model AND team = NEW.team AND project = NEW.project AND user_id = NEW.user_id))) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS api_usage_accept ON api_usage;
CREATE TRIGGER api_usage_accept BEFORE INSERT ON api_usage FOR EACH ROW EXECUTE FUNCTION api_usage_accept();
DROP TRIGGER IF EXISTS api_usage_forget ON api_usage_gone;
CREATE TRIGGER api_usage_forget BEFORE INSERT ON api_usage_gone FOR EACH ROW EXECUTE FUNCTION api_usage_forget();
DROP TRIGGER IF EXISTS api_usage_sums_accept ON api_usage_sums;
CREATE TRIGGER api_usage_sums_accept BEFORE INSERT ON api_usage_sums FOR EACH ROW EXECUTE FUNCTION api_usage_sums_accept();

COMMIT;
