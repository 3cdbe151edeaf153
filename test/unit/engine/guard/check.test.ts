import { describe, expect, it } from 'vitest';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { startGuarded } from './startGuarded.ts';

const nowhere = 'http://127.0.0.1:9';

describe('POST /v1/check', () => {
  it('allows what no budget counts, also without a body', async () => {
    const engine = await startGuarded(nowhere, { budget: { daily: 0 } });
    await engine.spend(2);
    const answer = await ask(engine.url, '/v1/check', { method: 'POST', headers: bearer(engine.token) });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      decision: 'allow',
      reason: 'No budget counts this call.',
      budget: null,
      spent_usd: 2,
      reserved_usd: 0,
      limit_usd: null,
      remaining_usd: null,
      expected_usd: null,
      resets_at: null,
      ways: [],
    });
  });

  it('warns of a spent budget that does not enforce, and denies for one that does, with the ways to go on', async () => {
    const engine = await startGuarded(nowhere, { budget: { daily: 1 } });
    await engine.spend(0.75);
    expect(await engine.check()).toMatchObject({
      decision: 'allow',
      reason: 'Of the budget "daily" of $1.00 a day, $0.25 is left.',
      spent_usd: 0.75,
      limit_usd: 1,
      remaining_usd: 0.25,
    });
    await engine.spend(0.25);
    const warned = await engine.check();
    expect(warned).toMatchObject({ decision: 'warn', spent_usd: 1, remaining_usd: 0 });
    expect(warned.reason).toBe('Spent is the budget "daily" of $1.00 a day: $1.00 so far.');
    expect(warned.ways.map(({ name }) => name)).toEqual(['raise_budget', 'wait']);
    await engine.change({ budget: { daily: 1, enforce: 'gateway' } });
    const denied = await engine.check();
    expect(denied).toMatchObject({ decision: 'deny', budget: 'daily' });
    expect(denied.ways.map(({ title }) => title)).toEqual(['Allow for an Hour', 'Raise Budget', 'Wait']);
    expect(new Date(denied.resets_at ?? '').toISOString()).toMatch(/T00:00:00\.000Z$/);
  });

  it('answers for the scope it is asked about: session, task type, model, user', async () => {
    const engine = await startGuarded(nowhere, {
      budget: { daily: 0 },
      budgets: [
        { name: 'task', limitUsd: 1, period: 'session', enforce: 'gateway' },
        { name: 'reviews', limitUsd: 1, match: { taskType: 'review' }, enforce: 'gateway' },
        { name: 'dear', limitUsd: 1, match: { model: 'gpt-5*', user: 'ann' } },
      ],
    });
    await engine.spend(1, { session_id: 's1' });
    await engine.spend(0.5, { session_id: 's2', task_type: 'review' });
    expect(await engine.check({ session_id: 's1' })).toMatchObject({ decision: 'deny', budget: 'task', spent_usd: 1 });
    expect(await engine.check({ session_id: 's2' })).toMatchObject({
      decision: 'allow',
      budget: 'task',
      spent_usd: 0.5,
    });
    // Nothing said: the session that is running.
    expect(await engine.check()).toMatchObject({ budget: 'task', spent_usd: 0.5 });
    expect(await engine.check({ session_id: 's3' })).toMatchObject({ decision: 'allow', spent_usd: 0 });
    expect(await engine.check({ session_id: 's3', task_type: 'Review' })).toMatchObject({ budget: 'reviews' });
    await engine.spend(0.5, { session_id: 's4', task_type: 'review' });
    expect(await engine.check({ session_id: 's3', task_type: 'review' })).toMatchObject({
      decision: 'deny',
      budget: 'reviews',
    });
    await engine.spend(3, { session_id: 's5', model: 'gpt-5.1', user_id: 'ann' });
    expect(await engine.check({ session_id: 's3', model: 'gpt-5', user_id: 'ann' })).toMatchObject({
      decision: 'warn',
      budget: 'dear',
    });
    expect(await engine.check({ session_id: 's3', model: 'gpt-5', user_id: 'bob' })).toMatchObject({
      decision: 'allow',
    });
  });

  it('warns when the expected tokens don’t fit any more', async () => {
    const engine = await startGuarded(nowhere, { budget: { daily: 1 } });
    await engine.spend(0.9);
    const fits = { model: 'gpt-4.1', input_tokens: 40_000, expected_output_tokens: 0 };
    expect(await engine.check(fits)).toMatchObject({ decision: 'allow', expected_usd: 0.08 });
    const answer = await engine.check({ ...fits, expected_output_tokens: 10_000 });
    expect(answer).toMatchObject({ decision: 'warn', expected_usd: 0.16 });
    expect(answer.reason).toBe(
      'Of the budget "daily" of $1.00 a day, $0.10 is left; this call is expected to cost $0.16.',
    );
    // Without a price nothing is expected.
    expect(await engine.check({ ...fits, model: 'made-up' })).toMatchObject({ decision: 'allow', expected_usd: null });
  });

  it('leaves out what subscriptions pay for, unless a budget includes it', async () => {
    const engine = await startGuarded(nowhere, {
      budget: { daily: 1, enforce: 'gateway' },
      budgets: [{ name: 'all', limitUsd: 5, includeSubscriptions: true }],
      plans: { codex: 'subscription' },
    });
    await engine.spend(2, { agent: 'codex' });
    await engine.spend(0.25);
    expect(await engine.check()).toMatchObject({ decision: 'allow', budget: 'all', spent_usd: 2.25 });
    expect(await engine.check({ agent: 'codex' })).toMatchObject({ budget: 'all' });
    await engine.spend(0.75);
    expect(await engine.check()).toMatchObject({ decision: 'deny', budget: 'daily', spent_usd: 1 });
    expect(await engine.check({ agent: 'codex' })).toMatchObject({ decision: 'allow', budget: 'all', spent_usd: 3 });
  });

  it('says what is wrong with a question', async () => {
    const engine = await startGuarded(nowhere, {});
    const status = async (body: string) => {
      const { json } = await ask(engine.url, '/v1/check', { headers: bearer(engine.token), body });
      return [json.status, json.field];
    };
    expect(await status('[]')).toEqual([400, 'body']);
    expect(await status('{')).toEqual([400, 'body']);
    expect(await status('{"input_tokens":-1}')).toEqual([400, 'input_tokens']);
    expect(await status('{"model":7}')).toEqual([400, 'model']);
    expect((await ask(engine.url, '/v1/check', { body: '{}' })).status).toBe(401);
  });

  it('answers an ingest token for its own ledger', async () => {
    const { url, openWindow, adminToken } = await startWindowMode();
    const settings = { budget: { daily: 0.01, enforce: 'gateway' } };
    const workspace = async (folder = '/w2') => ({ storage: await makeFolder(), name: 'w', folders: [folder] });
    const one = await openWindow('a', { workspace: await workspace('/w1'), settings });
    const two = await openWindow('b', { workspace: await workspace(), settings });
    const record = { model: 'gpt-4.1', input_tokens: 10_000, output_tokens: 0 };
    await ask(url, '/v1/usage', { headers: bearer(one.answer.token), body: JSON.stringify(record) });
    const check = async (token: string, cwd = '') =>
      (await ask(url, '/v1/check', { headers: bearer(token), body: JSON.stringify({ cwd }) })).json.decision;
    expect([await check(one.answer.token), await check(two.answer.token)]).toEqual(['deny', 'allow']);
    // Only the machine's own tokens ask for other workspaces.
    expect([await check(two.answer.token, '/w1/src'), await check(adminToken, '/w1/src')]).toEqual(['allow', 'deny']);
    expect([await check(adminToken), await check(adminToken, '/elsewhere')]).toEqual(['allow', 'allow']);
  });

  it('is fast enough to sit in front of every call', async () => {
    const budgets = Array.from({ length: 20 }, (_, index) => ({
      name: `b${index}`,
      limitUsd: 1000,
      period: (['day', 'week', 'month', 'session', 'rolling24h'] as const)[index % 5],
      match: index % 2 === 0 ? { model: 'gpt-*' } : {},
    }));
    const engine = await startGuarded(nowhere, { budgets });
    const records = Array.from({ length: 5_000 }, (_, index) => ({
      model: `gpt-4.1${index % 3 === 0 ? '-mini' : ''}`,
      input_tokens: 1_000,
      output_tokens: 100,
      session_id: `s${index % 50}`,
      timestamp: Date.now() - index * 60_000,
    }));
    await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body: JSON.stringify(records) });
    const times: number[] = [];
    for (let n = 0; n < 500; n++) {
      const start = performance.now();
      await fetch(`${engine.url}/v1/check`, {
        method: 'POST',
        headers: bearer(engine.token),
        body: JSON.stringify({ session_id: `s${n % 50}`, model: 'gpt-4.1', input_tokens: 1000 }),
      }).then(response => response.json());
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    console.log(`POST /v1/check, 20 budgets, 5,000 calls: p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms`);
    // The aim is 5 ms; a busy machine is given five times that.
    expect(at(0.5)).toBeLessThan(25);
  });
});
