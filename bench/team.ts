/**
 * `npm run bench team [-- CALLS DEVELOPERS]`: fills a PostgreSQL with the calls of a year (10,000,000 of 1,000 developers when nothing is
 * said), as engines would have sent them, and prints sizes and the times of the team view's questions. The server is a new one in
 * the temporary folder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TeamKey } from '../src/core/teamKeys.ts';
import { budgetQuery, type Query, sumQuery } from '../src/forward/postgres/teamQueries.ts';
import { findPostgres, Postgres } from '../test/e2e/forward/postgres.ts';

const rounds = 5;
const day = 86_400_000;

/** Measures; prints a table for docs/scale.md. */
export async function run([calls = '10000000', developers = '1000']: readonly string[]): Promise<void> {
  const bin = findPostgres();
  if (bin === null) {
    throw new Error('PostgreSQL is neither on the PATH nor to be had as a Debian package.');
  }
  const postgres = await Postgres.start(bin);
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
 * Rows as they would have come, without the way they take: every developer has three busy quarters of an hour on each of 330 days, ten
 * calls in each, and one model at a time.
 */
async function fill(postgres: Postgres, calls: number, developers: number): Promise<void> {
  await postgres.query(readFileSync(join(import.meta.dirname, '../src/forward/postgres/schema.sql'), 'utf8'));
  await postgres.query(`ALTER TABLE api_usage DISABLE TRIGGER ALL; ALTER TABLE api_usage_sums DISABLE TRIGGER ALL`);
  await postgres.query(`INSERT INTO api_usage (id, "timestamp", revision, provider, model, agent, task_type, session_id, user_id, team, project,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd, cost_basis, plan, latency_ms, signal)
    SELECT 'l' || d || '-' || n, date_trunc('month', now()) - INTERVAL '11 months' + q / 3 * INTERVAL '1 day' + INTERVAL '9 hours'
        + (q % 3) * INTERVAL '2 hours' + (n * 7919 % 900) * INTERVAL '1 second', n, 'anthropic', 'model-' || q % 3, 'claude-code', 'chat',
      's' || d || '-' || q / 3, 'user-' || d, 'team-' || d % 40, 'project-' || d % 120, 20000 + n % 5000, 300 + n % 700, 18000, 500, NULL, 0.012345678,
      'priced', 'api', 4000, 'otlp_log'
    FROM (SELECT n, n % ${developers} AS d, n / ${developers} / 10 AS q FROM generate_series(1::bigint, ${calls}) AS n) AS call`);
  await postgres.query(`INSERT INTO api_usage_sums
    SELECT split_part(id, '-', 1), date_bin('15 minutes', "timestamp", TIMESTAMPTZ '2000-01-01'), model, team, project, user_id, count(*),
      sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), sum(cache_write_tokens), 0, count(*), 0, 0, 0, sum(latency_ms), count(*), sum(cost_usd), 0, max(revision)
    FROM api_usage GROUP BY 1, 2, 3, 4, 5, 6`);
  await postgres.query(
    `INSERT INTO team_budget (name, limit_usd, period, team) SELECT 'b' || n, 1000, 'month', 'team-' || n FROM generate_series(0, 9) AS n`,
  );
  await postgres.query('ALTER TABLE api_usage ENABLE TRIGGER ALL; ALTER TABLE api_usage_sums ENABLE TRIGGER ALL');
  await postgres.query('VACUUM ANALYZE');
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
  const ask = (fromMs: number, keys: readonly TeamKey[]) =>
    sumQuery({ fromMs, toMs: month + 31 * day }, keys, {}, 'Europe/Berlin');
  const questions: readonly (readonly [name: string, query: Query])[] = [
    ['this month by team', ask(month, ['team'])],
    ['this month by day and model', ask(month, ['day', 'model'])],
    ['chargeback of a month', ask(month, ['team', 'project', 'user_id', 'model'])],
    ['a year by month and team', ask(month - 335 * day, ['month', 'team'])],
    ['a year by user', ask(month - 335 * day, ['user_id'])],
    ['budgets', budgetQuery({ day: month, week: month, month })],
  ];
  console.log('\n| question | median, ms | slowest, ms |\n| --- | --- | --- |');
  for (const [name, { text, values }] of questions) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startedAt = performance.now();
      await postgres.query(text, values);
      times.push(performance.now() - startedAt);
    }
    times.sort((a, b) => a - b);
    console.log(`| ${name} | ${times[Math.floor(rounds / 2)]?.toFixed(0)} | ${times.at(-1)?.toFixed(0)} |`);
  }
}
