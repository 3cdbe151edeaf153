import { describe, expect, test } from 'vitest';
import type { Costs, Records, Sessions, Summary } from '../../../src/api/contract.ts';
import { ask, bearer, startEngine } from './startEngine.ts';

/** gpt-4.1: 2 USD in, 0.50 cached, 8 out per 1M tokens; gpt-4.1-mini: 0.40, 0.10, 1.60. */
const calls = [
  {
    model: 'gpt-4.1',
    prompt_tokens: 100_000,
    cache_read_tokens: 40_000,
    completion_tokens: 10_000,
    session_id: 'a',
    agent: 'codex',
    branch: 'main',
    latency_ms: 900,
    timestamp: '2026-10-24T22:30:00Z',
  },
  {
    model: 'gpt-4.1-mini',
    prompt_tokens: 50_000,
    completion_tokens: 1_000,
    session_id: 'a',
    agent: 'codex',
    task_type: 'subagent',
    timestamp: '2026-10-25T00:30:00Z',
  },
  {
    model: 'gpt-4.1',
    prompt_tokens: 10_000,
    completion_tokens: 500,
    session_id: 'b',
    agent: 'codex',
    timestamp: '2026-10-25T01:30:00Z',
  },
  { model: 'made-up-1', prompt_tokens: 10, completion_tokens: 5, timestamp: '2026-10-26T12:00:00Z' },
  { model: 'gpt-4.1', prompt_tokens: 1_000, completion_tokens: 100, cost_usd: 1.5, timestamp: '2026-11-01T12:00:00Z' },
];

async function open() {
  const { url, token } = await startEngine();
  const posted = await ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(calls) });
  expect(posted.json.accepted).toBe(5);
  return async <T>(path: string, status = 200): Promise<T> => {
    const answer = await ask(url, path, { headers: bearer(token) });
    expect(answer.status, answer.text).toBe(status);
    return answer.json;
  };
}
const range = 'from=2026-10-20T00:00:00Z&to=2026-11-10T00:00:00Z';

describe('a filter', () => {
  test('chooses by one value, several, none, and keys together', async () => {
    const get = await open();
    const requests = async (query: string) => (await get<Summary>(`/v1/summary?${range}&${query}`)).total.requests;
    expect(await requests('model=gpt-4.1')).toBe(3);
    expect(await requests('model=gpt-4.1&model=gpt-4.1-mini')).toBe(4);
    expect(await requests('agent=')).toBe(2);
    expect(await requests('agent=codex&session_id=a')).toBe(2);
    expect(await requests('session_id=a')).toBe(2);
    expect(await requests('session_id=')).toBe(2);
    expect(await requests('session_id=&model=gpt-4.1')).toBe(1);
    expect(await requests('model=nobody')).toBe(0);
    expect(await requests('plan=api')).toBe(5);
    const { groups, total } = await get<Summary>(`/v1/summary?${range}&session_id=a&group_by=model`);
    expect(groups.map(({ key, requests: count }) => [key.model, count])).toEqual([
      ['gpt-4.1', 1],
      ['gpt-4.1-mini', 1],
    ]);
    expect(total.requests).toBe(2);
  });
});

test('sums come by week and month, too', async () => {
  const get = await open();
  const byWeek = await get<Summary>(`/v1/summary?${range}&group_by=week`);
  const names = (summary: Summary, key: 'week' | 'month') =>
    summary.groups.map(group => `${group.key[key]} ${group.requests}`).sort();
  expect(names(byWeek, 'week')).toEqual(['2026-10-19 3', '2026-10-26 2']);
  expect(names(await get(`/v1/summary?${range}&group_by=month`), 'month')).toEqual(['2026-10 4', '2026-11 1']);
});

test('the range before is compared', async () => {
  const get = await open();
  const { previous } = await get<Summary>('/v1/summary?from=2026-10-26&to=2026-10-28&compare=previous');
  expect(previous?.to).toBe((await get<Summary>('/v1/summary?from=2026-10-26&to=2026-10-27')).from);
  expect(Date.parse(previous?.to ?? '') - Date.parse(previous?.from ?? '')).toBeGreaterThan(47 * 3_600_000);
  expect(previous?.total.requests).toBeGreaterThanOrEqual(2);
  await get('/v1/summary?compare=never', 400);
});

test('a cost is split by token kind, by how it is known and by rate, and adds up', async () => {
  const get = await open();
  const { total, groups, rates } = await get<Costs>(`/v1/costs?${range}&group_by=month`);
  const summary = await get<Summary>(`/v1/summary?${range}`);
  expect(total.cost_usd).toBe(summary.total.cost_usd);
  // 60,000 × 2 + 50,000 × 0.40 + 10,000 × 2; 40,000 × 0.50; 10,000 × 8 + 1,000 × 1.60 + 500 × 8 USD per 1M.
  expect(total).toMatchObject({
    requests: 5,
    input_usd: 0.16,
    cache_read_usd: 0.02,
    output_usd: 0.0856,
    unsplit_usd: 1.5,
    billed_requests: 1,
    priced_requests: 3,
    estimated_requests: 0,
    unpriced_requests: 1,
    undetailed_requests: 0,
    // 40,000 × (2 − 0.50).
    cache_savings_usd: 0.06,
  });
  const parts = ({
    input_usd,
    cache_read_usd,
    cache_write_usd,
    output_usd,
    web_search_usd,
    unsplit_usd,
  }: Costs['total']) => input_usd + cache_read_usd + cache_write_usd + output_usd + web_search_usd + unsplit_usd;
  expect(parts(total)).toBeCloseTo(total.cost_usd ?? 0, 9);
  expect(groups.map(({ key, requests }) => [key.month, requests])).toEqual([
    ['2026-10', 4],
    ['2026-11', 1],
  ]);
  expect(rates.map(({ model, cost_basis, requests }) => [model, cost_basis, requests])).toEqual([
    ['gpt-4.1', 'billed', 1],
    ['gpt-4.1', 'priced', 2],
    ['gpt-4.1-mini', 'priced', 1],
    ['made-up-1', 'unpriced', 1],
  ]);
  expect(rates[1]?.rate).toMatchObject({
    input: 2,
    output: 8,
    cache_read: 0.5,
    source: expect.stringContaining('genai-prices'),
  });
  expect((await get<Costs>(`/v1/costs?${range}&session_id=a`)).total.requests).toBe(2);
  await get('/v1/costs?group_by=model', 400);
});

test('sessions are listed with what they did, the latest first', async () => {
  const get = await open();
  const { sessions } = await get<Sessions>(`/v1/sessions?${range}`);
  expect(sessions.map(({ session_id, requests }) => [session_id, requests])).toEqual([
    [null, 2],
    ['b', 1],
    ['a', 2],
  ]);
  expect(sessions[2]).toMatchObject({
    agents: ['codex'],
    models: ['gpt-4.1', 'gpt-4.1-mini'],
    branches: ['main'],
    first_record: '2026-10-24T22:30:00.000Z',
    last_record: '2026-10-25T00:30:00.000Z',
  });
  expect((await get<Sessions>(`/v1/sessions?${range}&limit=1`)).sessions.length).toBe(1);
});

test('single calls are chosen, ordered and paged', async () => {
  const get = await open();
  const models = async (query: string) =>
    (await get<Records>(`/v1/records?${query}`)).records.map(
      ({ model, timestamp }) => `${model} ${timestamp.slice(5, 13)}`,
    );
  expect(await models('session_id=a&order=oldest')).toEqual(['gpt-4.1 10-24T22', 'gpt-4.1-mini 10-25T00']);
  expect(await models('order=dearest&limit=2')).toEqual(['gpt-4.1 11-01T12', 'gpt-4.1 10-24T22']);
  expect(await models('limit=2&offset=3')).toEqual(['gpt-4.1-mini 10-25T00', 'gpt-4.1 10-24T22']);
  const { records } = await get<Records>('/v1/records?session_id=a&order=oldest');
  expect(records[0]).toMatchObject({ cache_read_tokens: 40_000, latency_ms: 900, subagent: null, signals: ['usage'] });
  expect(records[1]?.subagent).toBe('subagent');
  await get('/v1/records?order=any', 400);
  await get('/v1/records?limit=0', 400);
});
