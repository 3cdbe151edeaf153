import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../../src/api/apiError.ts';
import { createClient } from '../../../../src/api/client.ts';
import { loadPlace } from '../../../../src/ui/report/loadReport.ts';
import type { Place } from '../../../../webview-ui/messages.ts';
import { defaultPlace } from '../../../../webview-ui/state.ts';
import { totals } from '../../api/answers.ts';
import { ask, bearer, startEngine } from '../../engine/startEngine.ts';

const days = { kind: 'custom', from: '2026-11-01', to: '2026-11-08' } as const;
const at = (day: number, rest: object) => ({
  model: 'gpt-4.1',
  prompt_tokens: 1000,
  completion_tokens: 500,
  timestamp: `2026-11-0${day}T12:00:00Z`,
  ...rest,
});

async function open() {
  const { url, token } = await startEngine();
  const body = JSON.stringify([
    at(1, { session_id: 's1', branch: 'main' }),
    at(2, { session_id: 's1', branch: 'fix/login', agent: 'codex' }),
    at(9, { session_id: 's1' }),
    at(3, { model: 'login-model' }),
  ]);
  await ask(url, '/v1/usage', { headers: bearer(token), body });
  const client = createClient({ url, token });
  const load = (place: Partial<Place>) =>
    loadPlace(client, { ...defaultPlace, period: days, ...place }, { zone: 'UTC', totals: totals() });
  return { client, load };
}

describe('a place', () => {
  test('of the overview is of one range, and its tables add up', async () => {
    const { load } = await open();
    const { view, from, to } = await load({ dimension: 'branch' });
    if (view.kind !== 'overview') {
      throw new Error(view.kind);
    }
    expect([view.summary.from, view.costs.from, view.breakdown.from]).toEqual([from, from, from]);
    expect([view.models.to, view.costs.to]).toEqual([to, to]);
    expect(view.summary.total).toMatchObject({ requests: 3, cost_usd: 0.012, unpriced_requests: 1 });
    expect(view.costs.total.cost_usd).toBe(0.012);
    expect(view.summary.previous?.total.requests).toBe(0);
    expect(view.interval).toBe('day');
    expect(view.summary.groups[0]?.key).toEqual({ day: expect.any(String), model: 'gpt-4.1' });
    expect(view.breakdown.groups.map(({ key }) => key.branch).sort()).toEqual(['fix/login', 'main', null]);
  });

  test('chooses by its filter', async () => {
    const { load } = await open();
    const { view } = await load({ filter: { agent: ['codex'] } });
    expect(view.kind === 'overview' && view.summary.total.requests).toBe(1);
  });

  test('of a session is all of it, whatever the period', async () => {
    const { load } = await open();
    const { view } = await load({ view: 'sessions', session: 's1' });
    expect(view.kind === 'session' && view.records.map(({ timestamp }) => timestamp.slice(8, 10))).toEqual([
      '01',
      '02',
      '09',
    ]);
    expect(view.kind === 'session' && view.session?.requests).toBe(3);
  });

  test('of a search finds names of every kind', async () => {
    const { load } = await open();
    const { view } = await load({ search: 'LOGIN' });
    expect(view.kind === 'search' && view.found.map(({ dimension, name }) => `${dimension} ${name}`).sort()).toEqual([
      'branch fix/login',
      'model login-model',
    ]);
  });

  test('explains a sum by its rates and its dearest calls, and one call by itself', async () => {
    const { client, load } = await open();
    const label = 'Spend';
    const { explained } = await load({ explained: { kind: 'calls', label, filter: { model: ['gpt-4.1'] } } });
    expect(explained).toMatchObject({ kind: 'calls', label, summary: { total: { requests: 2 } } });
    const rates = explained?.kind === 'calls' ? explained.costs.rates : [];
    expect(rates.map(({ requests, cost_usd }) => [requests, cost_usd])).toEqual([[2, 0.012]]);
    const { records } = await client.records({ order: 'newest', limit: 1 });
    const one = await load({ explained: { kind: 'record', id: records[0]?.id ?? '' } });
    expect(one.explained).toMatchObject({ kind: 'record', record: { session_id: 's1', cost_usd: 0.006 } });
    const gone = await load({ explained: { kind: 'record', id: 'x-1-0' } });
    expect(gone.explained).toEqual({ kind: 'record', record: null });
  });

  test('of an engine that refuses is its error', async () => {
    const { url } = await startEngine();
    const client = createClient({ url, token: 'wrong' });
    await expect(loadPlace(client, defaultPlace, { zone: 'UTC', totals: totals() })).rejects.toThrow(ApiError);
  });
});

test('tables are asked for again when a record came in between', async () => {
  const { client } = await open();
  let asked = 0;
  const late: typeof client = {
    ...client,
    summary: async (range, keys, options) => {
      const answer = await client.summary(range, keys, options);
      asked += 1;
      // The first answer by model is of an earlier moment.
      return asked === 3 ? { ...answer, total: { ...answer.total, requests: 1 } } : answer;
    },
  };
  const { view } = await loadPlace(late, { ...defaultPlace, period: days }, { zone: 'UTC', totals: totals() });
  expect(asked).toBe(5);
  expect(view.kind === 'overview' && view.models.total.requests).toBe(3);
});
