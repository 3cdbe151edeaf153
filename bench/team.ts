/**
 * `npm run bench team [-- CALLS DEVELOPERS]`: fills a PostgreSQL with the calls of a year (10,000,000 of 1,000 developers when nothing is
 * said), as engines would have sent them, and prints sizes and the times of the team view's questions. The server is a new one in
 * the temporary folder.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TeamKey } from '../src/core/teamKeys.ts';
import { TeamReader } from '../src/forward/postgres/teamReader.ts';
import { findPostgres, Postgres } from '../test/e2e/forward/postgres.ts';

const rounds = 5;
const day = 86_400_000;
/** Everything else is as PostgreSQL comes, its memory too. */
const settings = { max_wal_size: '16GB', maintenance_work_mem: '512MB', autovacuum: 'off' };

/** Measures; prints a table for docs/scale.md. */
export async function run([calls = '10000000', developers = '1000']: readonly string[]): Promise<void> {
  const bin = findPostgres();
  if (bin === null) {
    throw new Error('PostgreSQL is neither on the PATH nor to be had as a Debian package.');
  }
  const postgres = await Postgres.start(bin, { settings });
  try {
    const startedAt = performance.now();
    await fill(postgres, Number(calls), Number(developers));
    console.log(`filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    await printSizes(postgres);
    await printTimes(postgres);
  } finally {
    await postgres.remove();
  }
}

/**
 * Rows as they would have come, without the way they take: every developer has three busy quarters of an hour a day, ten calls in each,
 * and one model at a time. Indexes are made when all is there, and both processors fill.
 */
async function fill(postgres: Postgres, calls: number, developers: number): Promise<void> {
  await postgres.query(readFileSync(join(import.meta.dirname, '../src/forward/postgres/schema.sql'), 'utf8'));
  await postgres.query('ALTER TABLE api_usage DISABLE TRIGGER ALL; ALTER TABLE api_usage_sums DISABLE TRIGGER ALL');
  const indexes =
    await postgres.query(`SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
      FROM pg_constraint WHERE contype = 'p' AND conrelid IN ('api_usage'::regclass, 'api_usage_sums'::regclass)
    UNION ALL SELECT format('DROP INDEX %I', indexname), replace(indexdef, ' ON ONLY ', ' ON ')
      FROM pg_indexes WHERE tablename IN ('api_usage', 'api_usage_sums') AND indexname NOT LIKE '%pkey'`);
  for (const { drop } of indexes) {
    await postgres.query(drop);
  }
  const quarters = Math.ceil(calls / developers / callsInQuarter);
  const begin = beginOf(Math.ceil(quarters / quartersInDay));
  const pieces = Array.from({ length: Math.ceil(quarters / quartersInPiece) }, (_, piece) => piece * quartersInPiece);
  await inPairs(pieces, from =>
    fillCalls(postgres, begin, from, Math.min(from + quartersInPiece, quarters), developers),
  );
  await inPairs(pieces, from => fillSums(postgres, begin, from));
  await postgres.query(
    `INSERT INTO team_budget (name, limit_usd, period, team) SELECT 'b' || n, 1000, 'month', 'team-' || n FROM generate_series(0, 9) AS n`,
  );
  await inPairs(indexes, ({ make }) => postgres.query(make));
  await postgres.query('ALTER TABLE api_usage ENABLE TRIGGER ALL; ALTER TABLE api_usage_sums ENABLE TRIGGER ALL');
  await postgres.query('VACUUM ANALYZE');
  await postgres.query('CHECKPOINT');
}

const callsInQuarter = 10;
const quartersInDay = 3;
/** Of ten days. */
const quartersInPiece = 30;

/** The last day is the last one of this month, so that the month is a whole one. */
const beginOf = (days: number) => `date_trunc('month', now(), 'UTC') + INTERVAL '1 month' - ${days} * INTERVAL '1 day'`;

async function fillCalls(
  postgres: Postgres,
  begin: string,
  from: number,
  to: number,
  developers: number,
): Promise<void> {
  const perQuarter = callsInQuarter * developers;
  await postgres.query(`INSERT INTO api_usage (id, "timestamp", revision, provider, model, agent, task_type, session_id, user_id, team, project,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd, cost_basis, plan, latency_ms, signal)
    SELECT 'l' || d || '-' || n, ${begin} + q / ${quartersInDay} * INTERVAL '1 day' + INTERVAL '9 hours'
        + (q % ${quartersInDay}) * INTERVAL '2 hours' + (n * 7919 % 900) * INTERVAL '1 second', n, 'anthropic', 'model-' || q % 3, 'claude-code', 'chat',
      's' || d || '-' || q / ${quartersInDay}, 'user-' || d, 'team-' || d % 40, 'project-' || d % 120, 20000 + n % 5000, 300 + n % 700, 18000, 500, NULL, 0.012345678,
      'priced', 'api', 4000, 'otlp_log'
    FROM (SELECT n, n % ${developers} AS d, n / ${perQuarter} AS q
      FROM generate_series(${from * perQuarter}::bigint, ${to * perQuarter - 1}) AS n) AS call`);
}

async function fillSums(postgres: Postgres, begin: string, from: number): Promise<void> {
  const day = (quarter: number) => `${begin} + ${quarter / quartersInDay} * INTERVAL '1 day'`;
  await postgres.query(`INSERT INTO api_usage_sums
    SELECT split_part(id, '-', 1), date_bin('15 minutes', "timestamp", TIMESTAMPTZ '2000-01-01'), model, team, project, user_id, count(*),
      sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), 0, count(*), 0, 0, 0, sum(latency_ms), count(*), sum(cost_usd), 0, max(revision)
    FROM api_usage WHERE "timestamp" >= ${day(from)} AND "timestamp" < ${day(from + quartersInPiece)} GROUP BY 1, 2, 3, 4, 5, 6`);
}

/** Does two things at a time. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const workOff = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      await work(next);
    }
  };
  await Promise.all([workOff(), workOff()]);
}

async function printSizes(postgres: Postgres): Promise<void> {
  for (const table of ['api_usage', 'api_usage_sums']) {
    const [row] = await postgres.query(`SELECT (SELECT count(*) FROM ${table}) AS rows, count(*) AS parts,
      sum(pg_total_relation_size(inhrelid)) AS bytes FROM pg_inherits WHERE inhparent = '${table}'::regclass`);
    const each = (Number(row.bytes) / Number(row.rows)).toFixed(0);
    console.log(
      `${table}: ${row.rows} rows, ${(Number(row.bytes) / 1024 ** 2).toFixed(0)} MB with indexes, ${each} bytes a row`,
    );
  }
}

async function printTimes(postgres: Postgres): Promise<void> {
  const [{ begin }] = await postgres.query("SELECT extract(epoch FROM date_trunc('month', now())) * 1000 AS begin");
  const month = Number(begin);
  const toMs = month + 31 * day;
  const zone = 'Europe/Berlin';
  const config = { name: 'team', type: 'postgresql', url: postgres.url(), privacy: 'full', tls: 'off' } as const;
  const sum = (fromMs: number, keys: readonly TeamKey[]) => (reader: TeamReader) =>
    reader.sum({ fromMs, toMs }, keys, {}, zone);
  const questions: readonly (readonly [name: string, ask: (reader: TeamReader) => Promise<unknown[]>])[] = [
    ['this month by team', sum(month, ['team'])],
    ['this month by day and model', sum(month, ['day', 'model'])],
    ['chargeback of a month', sum(month, ['team', 'project', 'user_id', 'model'])],
    ['a year by month and team', sum(month - 335 * day, ['month', 'team'])],
    ['a year by day and model', sum(month - 335 * day, ['day', 'model'])],
    ['a year by user', sum(month - 335 * day, ['user_id'])],
    ['budgets', reader => reader.budgets(month + 15 * day, zone)],
  ];
  console.log(
    '\n| question | rows of the answer | cold, ms | median, ms | slowest, ms |\n| --- | --- | --- | --- | --- |',
  );
  for (const [name, ask] of questions) {
    await postgres.kill();
    dropCaches();
    await postgres.restart();
    const reader = new TeamReader(config, () => null);
    const times: number[] = [];
    let rows = 0;
    for (let round = 0; round <= rounds; round++) {
      const startedAt = performance.now();
      rows = (await ask(reader)).length;
      times.push(performance.now() - startedAt);
    }
    await reader.close();
    const [cold = 0, ...warm] = times;
    warm.sort((a, b) => a - b);
    const figures = [cold, warm[Math.floor(rounds / 2)] ?? 0, warm.at(-1) ?? 0].map(ms => ms.toFixed(0));
    console.log(`| ${name} | ${rows} | ${figures.join(' | ')} |`);
  }
}

/** What the system remembers of files, where it lets us: else only the server's own memory is empty. */
function dropCaches(): void {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
  } catch {
    // Only root of a whole machine may.
  }
}
