/** What the report asks of all workspaces at once: costs, sessions and single calls, each call once. */
import { expect, test } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import { loadPlace } from '../../../src/ui/report/loadReport.ts';
import { defaultPlace } from '../../../webview-ui/state.ts';
import { totals } from '../api/answers.ts';
import { ask, bearer, makeFolder, sixMills } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const today = { period: 'today' } as const;

async function open() {
  const { url, adminToken, openWindow } = await startWindowMode();
  const register = async (id: string) => {
    const workspace = { storage: await makeFolder(), name: id, folders: [] };
    const { answer } = await openWindow(id, { workspace, settings: { timeZone: 'UTC' } });
    const post = async (...records: object[]) => {
      const { status, text } = await ask(url, '/v1/usage', {
        headers: bearer(answer.token),
        body: JSON.stringify(records.map(record => ({ ...sixMills, ...record }))),
      });
      expect(status, text).toBe(200);
    };
    return { post, client: createClient(answer) };
  };
  const reads = { scope: 'machine', window: 'shop' };
  const [shop, site] = [await register('shop'), await register('site')];
  return { shop, site, machine: createClient({ url, token: adminToken, reads }), own: shop.client };
}

test('costs, sessions and calls of all workspaces are those of each, and a call that two hold counts once', async () => {
  const { shop, site, machine, own } = await open();
  await shop.post({ session_id: 'a', request_id: 'r1' }, { session_id: 'both', agent: 'codex' });
  await site.post({ session_id: 'a', request_id: 'r1' }, { session_id: 'both', agent: 'gemini-cli', cost_usd: 1 });
  const summary = await machine.summary(today, [], { isCompared: true });
  expect(summary.total).toMatchObject({ requests: 3, cost_usd: 1.012 });
  const costs = await machine.costs(today, ['day']);
  expect(costs.total).toMatchObject({
    requests: 3,
    cost_usd: 1.012,
    unsplit_usd: 1,
    billed_requests: 1,
    priced_requests: 2,
  });
  expect(costs.groups.map(({ requests, cost_usd }) => [requests, cost_usd])).toEqual([[3, 1.012]]);
  expect(costs.rates.map(({ cost_basis, requests, observations }) => [cost_basis, requests, observations])).toEqual([
    ['billed', 1, 1],
    ['priced', 2, 2],
  ]);
  const { sessions } = await machine.sessions(today);
  const shown = sessions.map(({ session_id, requests, agents }) => [session_id, requests, agents.join()]);
  expect(shown.sort()).toEqual([
    ['a', 1, ''],
    ['both', 2, 'codex,gemini-cli'],
  ]);
  const { records } = await machine.records({ order: 'dearest', limit: 10 });
  expect(records.map(({ cost_usd }) => cost_usd)).toEqual([1, 0.006, 0.006]);
  expect((await own.summary(today, [])).total.requests).toBe(2);
});

test('a filter holds in all workspaces', async () => {
  const { shop, site, machine } = await open();
  await shop.post({ session_id: 'a', branch: 'main' }, { session_id: 'b' });
  await site.post({ session_id: 'c', branch: 'main' });
  const filter = { branch: ['main'] };
  expect((await machine.summary(today, ['session_id'], { filter })).groups.length).toBe(2);
  expect((await machine.costs(today, [], { filter })).total.requests).toBe(2);
  expect((await machine.records({ order: 'newest', limit: 10, filter })).records.length).toBe(2);
});

test('the report of all workspaces adds up in every workspace alike', async () => {
  const { shop, site, machine } = await open();
  await shop.post({ session_id: 'a' });
  await site.post({ session_id: 'b' }, { session_id: 'c' });
  const place = { ...defaultPlace, scope: 'machine', period: { kind: 'named', name: 'today' } } as const;
  const { view } = await loadPlace(machine, place, { zone: 'UTC', totals: totals() });
  expect(view.kind === 'overview' && [view.summary.total.requests, view.costs.total.cost_usd]).toEqual([3, 0.018]);
  const { view: budgets } = await loadPlace(machine, { ...place, view: 'budgets' }, { zone: 'UTC', totals: totals() });
  expect(budgets.kind === 'budgets' && budgets.budgets.map(({ name }) => name)).toEqual(['daily']);
  const { view: estimates } = await loadPlace(
    machine,
    { ...place, view: 'estimates' },
    { zone: 'UTC', totals: totals() },
  );
  expect(estimates.kind).toBe('estimates');
});
