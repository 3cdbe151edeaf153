import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeFolder, makeRecord, makeTokens, noon, open } from './makeLedger.ts';

/** Columns that other programs rely on (docs/architecture.md, "The tables"). */
const tokenUsage = [
  ...['id', 'timestamp', 'session_id', 'task_type', 'agent', 'provider', 'model', 'prompt_tokens', 'completion_tokens'],
  ...['cache_read_tokens', 'cache_write_tokens', 'cache_write_1h_tokens', 'reasoning_tokens', 'cost', 'cost_nano_usd'],
  ...[
    'cost_basis',
    'user_id',
    'team',
    'project',
    'branch',
    'request_id',
    'endpoint',
    'latency_ms',
    'service_tier',
    'signal',
  ],
];
const apiUsage = [
  ...['timestamp', 'request_id', 'model', 'input_tokens', 'output_tokens', 'total_tokens', 'cost_usd', 'user_id'],
  ...['endpoint', 'latency_ms'],
];

async function writeSample(): Promise<string> {
  const folder = await makeFolder();
  const ledger = await open(folder);
  const tokens = makeTokens({
    input: 100,
    cacheRead: 50,
    cacheWrite5m: 5,
    cacheWrite1h: 3,
    cacheWrite: 2,
    reasoning: 40,
  });
  await ledger.append([
    makeRecord({ requestId: 'r1', tokens, userId: 'user_123', latencyMs: 900, endpoint: '/v1/messages' }),
    makeRecord({ model: 'mystery', taskType: null, timestamp: noon + 1 }),
  ]);
  await ledger.close();
  return join(folder, 'usage.sqlite');
}

describe('usage.sqlite for other programs', () => {
  it('has the named columns, one row per call', async () => {
    const db = new DatabaseSync(await writeSample(), { readOnly: true });
    const columns = (view: string) =>
      db
        .prepare(`PRAGMA table_info(${view})`)
        .all()
        .map(({ name }) => name);
    expect(columns('token_usage')).toEqual(expect.arrayContaining(tokenUsage));
    expect(columns('api_usage')).toEqual(apiUsage);
    const [first, second] = db.prepare('SELECT * FROM token_usage ORDER BY timestamp').all();
    expect(first).toMatchObject({
      timestamp: '2026-11-22T12:00:00.000Z',
      session_id: 's1',
      prompt_tokens: 160,
      completion_tokens: 500,
      cache_write_tokens: 10,
      cache_write_1h_tokens: 3,
      cost: 0.0042,
      cost_basis: 'priced',
      latency_ms: 900,
    });
    expect(second).toMatchObject({ task_type: null, cost: null, cost_nano_usd: null, cost_basis: 'unpriced' });
    expect(db.prepare('SELECT total_tokens, cost_usd FROM api_usage WHERE user_id = ?').get('user_123')).toEqual({
      total_tokens: 660,
      cost_usd: 0.0042,
    });
    db.close();
  });

  it('gives the sums of the ledger to the sqlite3 program', async ({ skip }) => {
    const file = await writeSample();
    try {
      execFileSync('sqlite3', ['-version'], { stdio: 'ignore' });
    } catch {
      skip('the sqlite3 program is not installed');
    }
    const query =
      "SELECT model, count(*), sum(cost_nano_usd) FROM token_usage WHERE date(timestamp) = '2026-11-22' GROUP BY model ORDER BY 1";
    expect(execFileSync('sqlite3', [file, query], { encoding: 'utf8' })).toBe('gpt-4.1|1|4200000\nmystery|1|\n');
    expect(execFileSync('sqlite3', [file, 'PRAGMA integrity_check'], { encoding: 'utf8' })).toBe('ok\n');
  });

  it('shows every instant to the millisecond', async () => {
    const folder = await makeFolder();
    const ledger = await open(folder);
    const instants = fc.sample(fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2090, 0) }), 500);
    await ledger.append(instants.map(timestamp => makeRecord({ timestamp, requestId: String(timestamp) })));
    await ledger.close();
    const db = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true });
    for (const row of db.prepare('SELECT timestamp, request_id FROM token_usage').all()) {
      expect(row['timestamp']).toBe(new Date(Number(row['request_id'])).toISOString());
    }
    db.close();
  });

  it('runs the statements of both dialects of the field, with the figures of the ledger', async () => {
    const folder = await makeFolder();
    const now = Date.now();
    const day = 24 * 3_600_000;
    const startOfToday = Math.floor(now / day) * day;
    const ledger = await open(folder);
    await ledger.append(
      [0, 0, 1, 3, 7, 8, 29, 31].flatMap((daysAgo, i) => [
        makeRecord({
          timestamp: startOfToday - daysAgo * day,
          userId: 'user_123',
          taskType: `t${i % 2}`,
          latencyMs: 100 * i,
        }),
        makeRecord({ timestamp: startOfToday - daysAgo * day, model: 'mystery', taskType: null }),
      ]),
    );
    const rangeOf = (from: number, to: number) => ({
      fromMs: startOfToday + from * day,
      toMs: startOfToday + to * day,
    });
    const byTask = ledger.group(rangeOf(0, 1), ['task_type'], 'UTC');
    const byModel = ledger.group(rangeOf(0, 1), ['model'], 'UTC');
    const week = ledger.group(rangeOf(-7, 1), ['model'], 'UTC');
    const days = ledger
      .group(rangeOf(-30, 1), ['day', 'user_id'], 'UTC')
      .filter(({ key }) => key.user_id === 'user_123');
    await ledger.close();
    const db = new DatabaseSync(join(folder, 'usage.sqlite'), { readOnly: true });
    const usd = (nanoUsd: number, calls: number) => (calls > 0 ? expect.closeTo(nanoUsd / 1e9, 12) : null);

    expect(
      db
        .prepare(
          "SELECT task_type, SUM(cost) as total_cost, SUM(prompt_tokens) as total_prompt, SUM(completion_tokens) as total_completion FROM token_usage WHERE date(timestamp) = date('now') GROUP BY task_type;",
        )
        .all(),
    ).toEqual(
      expect.arrayContaining(
        byTask.map(({ key, sums }) => ({
          task_type: key.task_type,
          total_cost: usd(sums.costNanoUsd, sums.costedRequests),
          total_prompt: sums.promptTokens,
          total_completion: sums.completionTokens,
        })),
      ),
    );
    expect(
      db
        .prepare(
          "SELECT model, COUNT(*) as requests, SUM(input_tokens) as total_input, SUM(output_tokens) as total_output, SUM(cost_usd) as total_cost, AVG(latency_ms) as avg_latency FROM api_usage WHERE DATE(timestamp) = date('now') GROUP BY model;",
        )
        .all(),
    ).toEqual(
      expect.arrayContaining(
        byModel.map(({ key, sums }) => ({
          model: key.model,
          requests: sums.requests,
          total_input: sums.promptTokens,
          total_output: sums.completionTokens,
          total_cost: usd(sums.costNanoUsd, sums.costedRequests),
          avg_latency: sums.timedRequests > 0 ? sums.latencyMs / sums.timedRequests : null,
        })),
      ),
    );
    const byDate = db
      .prepare(
        "SELECT DATE(timestamp) as date, SUM(total_tokens) as tokens, SUM(cost_usd) as cost FROM api_usage WHERE user_id = 'user_123' AND timestamp >= DATE('now', '-30 days') GROUP BY DATE(timestamp) ORDER BY date DESC;",
      )
      .all();
    expect(byDate).toEqual(
      days
        .sort((a, b) => ((a.key.day ?? '') < (b.key.day ?? '') ? 1 : -1))
        .map(({ key, sums }) => ({
          date: key.day,
          tokens: sums.promptTokens + sums.completionTokens,
          cost: usd(sums.costNanoUsd, 1),
        })),
    );
    expect(byDate).toHaveLength(6);
    expect(
      db
        .prepare(
          "SELECT model, SUM(cost_usd) as total_cost, SUM(input_tokens) as input_tokens, SUM(output_tokens) as output_tokens FROM api_usage WHERE DATE(timestamp) BETWEEN date('now','-7 days') AND date('now') GROUP BY model ORDER BY total_cost DESC;",
        )
        .all(),
    ).toEqual(
      week
        .sort((a, b) => b.sums.costNanoUsd - a.sums.costNanoUsd)
        .map(({ key, sums }) => ({
          model: key.model,
          total_cost: usd(sums.costNanoUsd, sums.costedRequests),
          input_tokens: sums.promptTokens,
          output_tokens: sums.completionTokens,
        })),
    );
    db.close();
  });
});
