import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyRecord } from '../../../../src/core/usageRecord.ts';
import { readEvents } from '../readEvents.ts';
import { ask, bearer, makeFolder, type Started, startEngine } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';

const budget = { daily: 10, thresholds: [50, 80, 100] };

const spend = ({ url, token }: Pick<Started, 'url' | 'token'>, cost_usd: number, more = {}) =>
  ask(url, '/v1/usage', {
    headers: bearer(token),
    body: JSON.stringify({ model: 'gpt-4.1', input_tokens: 1, output_tokens: 1, cost_usd, ...more }),
  });

async function startWithBudget(settings: object) {
  const file = join(await makeFolder(), 'settings.json');
  await writeFile(file, JSON.stringify({ timeZone: 'UTC', ...settings }));
  return startEngine({ settings: file });
}

describe('the event threshold', () => {
  it('is told once per budget and threshold, to any token that may read', async () => {
    const engine = await startWithBudget({ budget });
    const events = readEvents(engine.url, engine.token);
    await events.wait('totals');
    await spend(engine, 4.99);
    await spend(engine, 0.01);
    const [first] = await events.wait('threshold');
    expect(first).toEqual({
      ...{ budget: 'daily', period: 'day', scope: 'workspace', threshold: 50, spent_usd: 5, limit_usd: 10 },
    });
    await spend(engine, 6);
    await spend(engine, 1);
    await events.wait('threshold', 3);
    await spend(engine, 1);
    expect(events.all('threshold').map(({ threshold }) => threshold)).toEqual([50, 80, 100]);
  });

  it('is told of every budget, of sessions for each of them', async () => {
    const budgets = [
      { name: 'codex', limitUsd: 2, period: 'month', match: { agent: 'codex' } },
      { name: 'turn', limitUsd: 1, period: 'session', thresholds: [100] },
    ];
    const engine = await startWithBudget({ budget: { daily: 0 }, budgets });
    const events = readEvents(engine.url, engine.token);
    await events.wait('totals');
    await spend(engine, 1, { session_id: 'a' });
    await spend(engine, 1, { session_id: 'b', agent: 'codex' });
    await spend(engine, 1, { session_id: 'a' });
    await events.wait('threshold', 3);
    const told = events.all('threshold').map(event => `${event.budget} ${event.period} ${event.threshold}`);
    expect(told.sort()).toEqual(['codex month 50', 'turn session 100', 'turn session 100']);
  });

  it('is not told of history, nor again after a restart', async () => {
    const storage = await makeFolder();
    const first = await startEngine({ storage });
    const events = readEvents(first.url, first.token);
    await events.wait('totals');
    const [live] = first.engine.ledgers();
    await live?.appendHistory([{ ...emptyRecord, timestamp: Date.now(), model: 'gpt-4.1', billedNanoUsd: 4.2e9 }]);
    await events.waitUntil('totals', ({ today }) => today.cost_usd === 4.2);
    await spend(first, 0.1);
    await events.waitUntil('totals', ({ today }) => today.requests === 2);
    expect(events.all('threshold')).toEqual([]);
    first.engine.stop('restart');
    await first.engine.left;
    const second = await startEngine({ storage });
    const later = readEvents(second.url, second.token);
    await later.wait('totals');
    await spend(second, 1);
    await later.wait('threshold');
    expect(later.all('threshold').map(({ threshold }) => threshold)).toEqual([100]);
  });

  it('of a budget of the whole computer is told to the readers of every ledger, once', async () => {
    const { url, admin, adminToken } = await startWindowMode();
    const budgets = [{ name: 'all', limitUsd: 2, period: 'day', scope: 'machine', thresholds: [100] }];
    const register = async (id: string) => {
      const workspace = { storage: await makeFolder(), name: id, folders: [] };
      const settings = { budget: { daily: 0 }, budgets };
      return { url, token: (await admin.registerWindow(id, { workspace, settings })).token };
    };
    const [a, b] = [await register('a'), await register('b')];
    // One as a program, one as a window.
    const [ofA, ofB] = [readEvents(url, adminToken, 'a'), readEvents(url, b.token)];
    await Promise.all([ofA.waitUntil('totals', ({ machine }) => machine != null), ofB.wait('totals')]);
    await spend(a, 1.5);
    await spend(b, 0.7);
    await Promise.all([ofA.wait('threshold'), ofB.wait('threshold')]);
    await spend(a, 1);
    await ofA.waitUntil('totals', ({ today }) => today.requests === 2);
    expect([ofA.all('threshold').length, ofB.all('threshold').length]).toEqual([1, 1]);
    expect(ofA.all('threshold')[0]).toMatchObject({ budget: 'all', scope: 'machine', spent_usd: 2.2, limit_usd: 2 });
  });
});
