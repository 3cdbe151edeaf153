import { describe, expect, it } from 'vitest';
import type { BudgetList } from '../../../../src/api/contract.ts';
import { startGuarded } from '../guard/startGuarded.ts';
import { ask, bearer, makeFolder } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const dayMs = 86_400_000;
const nowhere = 'http://127.0.0.1:9';

async function read(url: string, token: string, query = ''): Promise<BudgetList['budgets']> {
  const { json } = await ask(url, `/v1/budgets${query}`, { headers: bearer(token) });
  return (json as BudgetList).budgets;
}

describe('GET /v1/budgets', () => {
  it('lists each budget with its past periods, spent against the limit', async () => {
    const engine = await startGuarded(nowhere, {
      budget: { daily: 2 },
      budgets: [
        { name: 'mini', limitUsd: 3, period: 'month', match: { model: '*-mini' } },
        { name: 'task', limitUsd: 4, period: 'session' },
        { name: 'rolling', limitUsd: 5, period: 'rolling24h' },
      ],
    });
    const noon = Math.floor(Date.now() / dayMs) * dayMs;
    for (const [usd, daysAgo, model] of [
      [1, 0, 'x'],
      [0.5, 1, 'x-mini'],
      [0.25, 1, 'x'],
      [4, 3, 'y-mini'],
    ] as const) {
      await engine.spend(usd, { model, session_id: `s${daysAgo}`, timestamp: noon - daysAgo * dayMs + 1000 });
    }
    const [daily, mini, task, rolling] = await read(engine.url, engine.token, '?periods=5');
    expect(daily?.history.map(({ spent_usd }) => spent_usd)).toEqual([1, 0.75, 0, 4, 0]);
    expect(daily?.history[1]).toEqual({
      from: new Date(noon - dayMs).toISOString(),
      to: new Date(noon).toISOString(),
      session_id: null,
      spent_usd: 0.75,
      limit_usd: 2,
    });
    expect(mini).toMatchObject({ match: { model: '*-mini' }, include_subscriptions: false, thresholds: [50, 80, 100] });
    expect(mini?.history).toHaveLength(5);
    expect(mini?.history.reduce((sum, { spent_usd }) => sum + spent_usd, 0)).toBe(4.5);
    expect(mini?.spent_usd).toBe(mini?.history[0]?.spent_usd);
    expect(task?.history.map(({ session_id, spent_usd }) => [session_id, spent_usd])).toEqual([
      ['s0', 1],
      ['s1', 0.75],
      ['s3', 4],
    ]);
    expect(rolling?.history).toHaveLength(5);
    expect(rolling?.history.reduce((sum, { spent_usd }) => sum + spent_usd, 0)).toBe(5.75);
    expect((await ask(engine.url, '/v1/budgets?periods=0', { headers: bearer(engine.token) })).json.field).toBe(
      'periods',
    );
  });

  it('of the whole computer sums up all ledgers, also closed ones, for the past too', async () => {
    const [a, b] = [await makeFolder(), await makeFolder()];
    const settings = {
      budget: { daily: 0 },
      timeZone: 'UTC',
      budgets: [{ name: 'all', limitUsd: 10, scope: 'machine' }],
    };
    const registration = (storage: string) => ({ workspace: { storage, name: 'w', folders: [] }, settings });
    const first = await startWindowMode();
    const record = (usd: number, daysAgo: number, id: string) => ({
      model: 'x',
      input_tokens: 1,
      output_tokens: 1,
      cost_usd: usd,
      request_id: id,
      timestamp: Date.now() - daysAgo * dayMs,
    });
    const post = (url: string, token: string, body: unknown) =>
      ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });
    const one = await first.openWindow('a', registration(a));
    const two = await first.openWindow('b', registration(b));
    await post(first.url, one.answer.token, [record(1, 0, 'r1'), record(2, 1, 'r2')]);
    await post(first.url, two.answer.token, [record(4, 0, 'r3'), record(1, 0, 'r1')]);
    first.engine.stop('test');
    await first.engine.left;

    const second = await startWindowMode({ storage: first.storage });
    const again = await second.openWindow('b', registration(b));
    await again.reader.waitUntil('totals', ({ budgets }) => budgets[0]?.spent_usd === 5);
    const [all] = await read(second.url, again.answer.token, '?periods=3');
    expect(all?.history.map(({ spent_usd }) => spent_usd)).toEqual([5, 2, 0]);
    expect(all).toMatchObject({ spent_usd: 5, remaining_usd: 5, scope: 'machine' });
  });
});

describe('POST /v1/budgets/{name}/allow', () => {
  it('lets an enforcing budget be overdrawn for a while, for who may', async () => {
    const { url, openWindow, admin } = await startWindowMode();
    const settings = { budget: { daily: 1, enforce: 'gateway' } };
    const workspace = { storage: await makeFolder(), name: 'w', folders: [] };
    const { answer, reader } = await openWindow('a', { workspace, settings });
    const post = (path: string, body: unknown, token = answer.token) =>
      ask(url, path, { headers: bearer(token), body: JSON.stringify(body) });
    await post('/v1/usage', { model: 'x', input_tokens: 1, output_tokens: 1, cost_usd: 1 });
    const check = async () => (await post('/v1/check', {})).json;
    expect(await check()).toMatchObject({ decision: 'deny' });
    // An agent must not lift its own budget.
    expect((await post('/v1/budgets/daily/allow', { minutes: 60 })).status).toBe(403);
    await admin.allowBudget('daily', 60, 'a');
    const allowed = await check();
    expect(allowed.decision).toBe('warn');
    expect(allowed.reason).toMatch(/it may be overdrawn until \d{4}-\d\d-\d\d \d\d:\d\d/);
    await reader.waitUntil('totals', ({ budgets }) => budgets[0]?.allowed_until !== null);
    await admin.allowBudget('daily', 0, 'a');
    expect(await check()).toMatchObject({ decision: 'deny' });
    await expect(admin.allowBudget('none', 60, 'a')).rejects.toMatchObject({ status: 404 });
    await expect(admin.allowBudget('daily', -1, 'a')).rejects.toMatchObject({ status: 400 });
  });
});
