import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../../src/core/usageRecord.ts';
import { ask, bearer, makeFolder, type Started, sixMills, startEngine } from '../startEngine.ts';
import { parseExposition, sumOf } from './exposition.ts';

async function scrape({ url, token }: Pick<Started, 'url' | 'token'>) {
  const answer = await ask(url, '/metrics', { headers: bearer(token) });
  expect(answer.status).toBe(200);
  return parseExposition(answer.text);
}

const post = ({ url, token }: Pick<Started, 'url' | 'token'>, body: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });

describe('GET /metrics', () => {
  it('tells tokens by disjoint types, cost and calls by the small dimensions, as the summary does', async () => {
    const engine = await startEngine();
    await post(engine, [
      { ...sixMills, agent: 'codex', task_type: 'review', team: 'core', project: 'shop', session_id: 'secret-session' },
      {
        model: 'claude-sonnet-4-5',
        input_tokens: 100,
        cache_read_tokens: 5000,
        cache_write_tokens: 700,
        output_tokens: 50,
        reasoning_tokens: 0,
      },
      {
        model: 'gpt-5',
        prompt_tokens: 3000,
        cache_read_tokens: 1000,
        completion_tokens: 900,
        reasoning_tokens: 400,
        request_id: 'secret-id',
      },
      { model: 'nobody-knows', input_tokens: 7, output_tokens: 3 },
    ]);
    const answer = await ask(engine.url, '/metrics', { headers: bearer(engine.token) });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).not.toContain('secret');
    const samples = parseExposition(answer.text);
    const { total } = (await ask(engine.url, '/v1/summary', { headers: bearer(engine.token) })).json;
    const tokens = (token_type: string) => sumOf(samples, 'spend_lens_tokens_total', { token_type });
    expect(tokens('input')).toBe(1000 + 100 + 2000 + 7);
    expect(tokens('cache_read')).toBe(6000);
    expect(tokens('cache_write')).toBe(700);
    expect(tokens('output')).toBe(500 + 50 + 900 + 3);
    expect(sumOf(samples, 'spend_lens_tokens_total')).toBe(total.prompt_tokens + total.completion_tokens);
    expect(sumOf(samples, 'spend_lens_reasoning_tokens_total')).toBe(400);
    expect(sumOf(samples, 'spend_lens_cost_usd_total')).toBeCloseTo(total.cost_usd, 9);
    expect(sumOf(samples, 'spend_lens_requests_total', { outcome: 'ok' })).toBe(4);
    expect(sumOf(samples, 'spend_lens_unpriced_requests_total')).toBe(1);
    const labels = {
      provider: 'openai',
      model: 'gpt-4.1',
      agent: 'codex',
      task_type: 'review',
      team: 'core',
      project: 'shop',
      plan: 'api',
    };
    expect(
      samples.find(({ name, labels: { model } }) => name === 'spend_lens_cost_usd_total' && model === 'gpt-4.1'),
    ).toEqual({
      name: 'spend_lens_cost_usd_total',
      labels,
      value: 0.006,
    });
  });

  it('counts latencies in a histogram whose buckets add up', async () => {
    const engine = await startEngine();
    await post(
      engine,
      [200, 250, 251, 900_000].map(latency_ms => ({ ...sixMills, latency_ms })),
    );
    const samples = await scrape(engine);
    const bucket = (le: string) => sumOf(samples, 'spend_lens_request_duration_seconds_bucket', { le });
    expect(['0.25', '0.5', '256', '+Inf'].map(bucket)).toEqual([2, 3, 3, 4]);
    expect(sumOf(samples, 'spend_lens_request_duration_seconds_count')).toBe(4);
    expect(sumOf(samples, 'spend_lens_request_duration_seconds_sum')).toBeCloseTo(900.701, 6);
  });

  it('counts failed calls beside those that were answered, by what became of them', async () => {
    const engine = await startEngine();
    await post(engine, sixMills);
    const failed = {
      ...emptyRecord,
      provider: 'openai' as const,
      model: 'gpt-4.1',
      error: null,
      timestamp: Date.now(),
    };
    const store = engine.engine.ledgers()[0]?.ledger.failed;
    await store?.append([429, 429, 400, 529, null].map(status => ({ ...failed, status })));
    const samples = await scrape(engine);
    const count = (outcome: string) => sumOf(samples, 'spend_lens_requests_total', { outcome, model: 'gpt-4.1' });
    expect(['ok', 'rate_limited', 'client_error', 'server_error', 'no_answer'].map(count)).toEqual([1, 2, 1, 1, 1]);
    expect(sumOf(samples, 'spend_lens_cost_usd_total')).toBe(0.006);
  });

  it('tells budgets and the health of the engine', async () => {
    const storage = await makeFolder();
    const settings = join(await makeFolder(), 'settings.json');
    const month = { name: 'month', limitUsd: 50, period: 'month', match: { agent: 'codex' } };
    await writeFile(settings, JSON.stringify({ budgets: [month, { name: 'all', limitUsd: 9, scope: 'machine' }] }));
    const engine = await startEngine({ storage, settings });
    await post(engine, [sixMills, { model: 'gpt-4.1', input_tokens: -1 }]);
    await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: '' });
    await ask(engine.url, '/nowhere', { headers: bearer(engine.token) });
    await engine.engine.ledgers()[0]?.ledger.flush();
    const samples = await scrape(engine);
    expect(sumOf(samples, 'spend_lens_budget_limit_usd', { budget: 'daily' })).toBe(5);
    expect(sumOf(samples, 'spend_lens_budget_spent_usd', { budget: 'daily' })).toBe(0.006);
    expect(sumOf(samples, 'spend_lens_budget_limit_usd', { budget: 'month', period: 'month' })).toBe(50);
    expect(sumOf(samples, 'spend_lens_budget_spent_usd', { budget: 'month' })).toBe(0);
    expect(sumOf(samples, 'spend_lens_budget_spent_usd', { budget: 'all', ledger: '' })).toBe(0.006);
    expect(sumOf(samples, 'spend_lens_rejected_payloads_total', { route: '/v1/usage', status: '400' })).toBe(1);
    expect(sumOf(samples, 'spend_lens_rejected_payloads_total', { route: 'none', status: '404' })).toBe(1);
    expect(sumOf(samples, 'spend_lens_rejected_records_total', { route: '/v1/usage' })).toBe(1);
    expect(sumOf(samples, 'spend_lens_ledger_records')).toBe(1);
    expect(sumOf(samples, 'spend_lens_journal_bytes')).toBeGreaterThan(100);
    expect(sumOf(samples, 'spend_lens_database_bytes')).toBeGreaterThan(4096);
    const { mtimeMs } = await stat(join(storage, 'usage.sqlite'));
    expect(sumOf(samples, 'spend_lens_snapshot_timestamp_seconds')).toBeCloseTo(mtimeMs / 1000, 2);
    expect(sumOf(samples, 'spend_lens_snapshot_duration_seconds')).toBeGreaterThan(0);
    await expect
      .poll(async () => sumOf(await scrape(engine), 'spend_lens_event_loop_delay_seconds_count'), { timeout: 15_000 })
      .toBeGreaterThan(0);
  });

  it('goes on after a restart, and never falls when calls are joined or deleted', async () => {
    const storage = await makeFolder();
    const first = await startEngine({ storage });
    const cost = async (engine: Started) => sumOf(await scrape(engine), 'spend_lens_cost_usd_total');
    // One call by two names, until a third report knows both: a proven join.
    await post(first, [
      { ...sixMills, request_id: 'a' },
      { ...sixMills, request_id: 'b' },
      { ...sixMills, session_id: 's' },
    ]);
    expect(await cost(first)).toBeCloseTo(0.018, 9);
    const both = {
      object: 'chat.completion',
      id: 'a',
      model: 'gpt-4.1',
      usage: { prompt_tokens: 1000, completion_tokens: 500 },
    };
    await ask(first.url, '/v1/usage', {
      headers: { ...bearer(first.token), 'idempotency-key': 'b' },
      body: JSON.stringify(both),
    });
    expect((await ask(first.url, '/v1/summary', { headers: bearer(first.token) })).json.total.cost_usd).toBe(0.012);
    expect(await cost(first)).toBeCloseTo(0.018, 9);
    // The counter waits until the ledger has caught up.
    await post(first, { ...sixMills, request_id: 'c' });
    expect(await cost(first)).toBeCloseTo(0.018, 9);
    await ask(first.url, '/v1/delete', { headers: bearer(first.token), body: '{"session_id":"s"}' });
    expect(await cost(first)).toBeCloseTo(0.018, 9);
    first.engine.stop('restart');
    await first.engine.left;
    const second = await startEngine({ storage });
    expect(await cost(second)).toBeCloseTo(0.018, 9);
    // What was deleted had been spent: new spend is seen at once.
    await post(second, { ...sixMills, request_id: 'd' });
    expect(await cost(second)).toBeCloseTo(0.024, 9);
    expect((await ask(second.url, '/v1/summary', { headers: bearer(second.token) })).json.total.cost_usd).toBe(0.018);
  });

  it('keeps no sums of what is deleted where nobody scrapes', async () => {
    const storage = await makeFolder();
    const engine = await startEngine({ storage });
    await post(engine, { ...sixMills, session_id: 's' });
    await ask(engine.url, '/v1/delete', { headers: bearer(engine.token), body: '{"session_id":"s"}' });
    await expect(stat(join(storage, 'metrics-deleted.json'))).rejects.toThrow();
    expect(sumOf(await scrape(engine), 'spend_lens_cost_usd_total')).toBe(0);
  });

  it('bounds the values of labels, and counts what is beyond as other', async () => {
    const engine = await startEngine();
    const names = Array.from({ length: 1200 }, (_, index) => ({
      ...sixMills,
      model: `m-${index}`,
      project: `p-${index % 300}`,
      team: '"\\,model:x',
    }));
    await post(engine, { ...sixMills, model: 'x'.repeat(200) });
    expect((await post(engine, names)).json.accepted).toBe(1200);
    const answer = await ask(engine.url, '/metrics', { headers: bearer(engine.token) });
    expect(answer.text.length).toBeLessThan(2_000_000);
    const samples = parseExposition(answer.text);
    const series = samples.filter(({ name }) => name === 'spend_lens_requests_total');
    expect(series.length).toBeLessThanOrEqual(501);
    expect(new Set(series.map(({ labels }) => labels.model)).size).toBeLessThanOrEqual(151);
    expect(sumOf(samples, 'spend_lens_requests_total')).toBe(1201);
    expect(sumOf(samples, 'spend_lens_requests_total', { model: 'other' })).toBeGreaterThan(900);
    expect(sumOf(samples, 'spend_lens_requests_total', { team: '"\\,model:x' })).toBeGreaterThan(100);
  });

  it('needs a token', async () => {
    const { url } = await startEngine();
    expect((await ask(url, '/metrics')).status).toBe(401);
    expect((await ask(url, '/metrics', { headers: bearer('wrong') })).status).toBe(401);
  });
});
