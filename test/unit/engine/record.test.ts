import { expect, it } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import { ask, bearer, startEngine } from './startEngine.ts';

it('tells everything of a call: rate, how its cost comes about, and the reports that made it', async () => {
  const { url, token } = await startEngine();
  const client = createClient({ url, token });
  const anthropic = {
    model: 'claude-sonnet-4-5',
    provider: 'anthropic',
    input_tokens: 1000,
    cache_read_tokens: 5000,
    cache_write_5m_tokens: 70,
    cache_write_1h_tokens: 30,
    output_tokens: 500,
    service_tier: 'batch',
    request_id: 'req_1',
    session_id: 's1',
  };
  const response = {
    id: 'msg_1',
    type: 'message',
    model: 'claude-sonnet-4-5',
    role: 'assistant',
    content: [],
    usage: { input_tokens: 1000, cache_read_input_tokens: 5000, output_tokens: 600 },
  };
  const post = (body: object) => ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });
  const { json } = await post(anthropic);
  expect((await post({ response, request_id: 'req_1', user_id: 'ann' })).json.duplicates).toBe(1);
  const detail = await client.record(json.records[0].id);
  expect(detail).toMatchObject({
    id: json.records[0].id,
    model: 'claude-sonnet-4-5',
    user_id: 'ann',
    plan: 'api',
    signals: ['usage', 'response'],
    service_tier: 'batch',
    completeness: 'complete',
    tokens: { input: 1000, cache_read: 5000, output: 600 },
    rate: { input: 3, output: 15, date: '2026-09-23', factors: { batch: 0.5 } },
    observations: [
      { signal: 'usage', output_tokens: 500, cache_write_tokens: 100, ids: ['req_1'] },
      { signal: 'response', output_tokens: 600, cache_write_tokens: 0, ids: ['req_1', 'msg_1'] },
    ],
  });
  expect(detail.cost_parts.map(({ kind }) => kind)).toEqual(['input', 'cache_read', 'output']);
  expect(detail.cost_parts.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(detail.cost_usd ?? 0, 9);
  expect(detail.cost_usd).toBeCloseTo(((1000 * 3 + 5000 * 0.3 + 600 * 15) / 1e6) * 0.5, 9);
});

it('is 404 for a call that is not there', async () => {
  const { url, token } = await startEngine();
  for (const id of ['nobody-1-0', 'x']) {
    const { status, json } = await ask(url, `/v1/records/${id}`, { headers: bearer(token) });
    expect([status, json.field]).toEqual([404, 'id']);
  }
});
