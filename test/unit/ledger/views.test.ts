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
});
