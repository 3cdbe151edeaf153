import { describe, expect, it } from 'vitest';
import { arrival, noTokens, recordOf, rejectionOf } from './captured.ts';

const openai = { model: 'gpt-4.1', prompt_tokens: 100, completion_tokens: 20 };
const claude = { model: 'claude-sonnet-4-5', input_tokens: 100, output_tokens: 20 };

describe('a flat record', () => {
  it('takes every field', () => {
    const record = recordOf({
      ...openai,
      provider: ' Azure_OpenAI ',
      session_id: 's',
      task_type: 'refactor',
      user_id: 'u',
      team: 't',
      project: 'p',
      agent: 'a',
      branch: 'b',
      cwd: '/w',
      request_id: 'r',
      timestamp: '2026-11-20T10:00:00+01:00',
      endpoint: '/v1/chat',
      latency_ms: 12.5,
      cost_usd: 0.25,
      service_tier: 'Batch',
      nonsense: { ignored: true },
    });
    expect(record).toEqual({
      ids: ['r'],
      requestId: 'r',
      timestamp: Date.UTC(2026, 10, 20, 9),
      provider: 'azure',
      model: 'gpt-4.1',
      agent: 'a',
      sessionId: 's',
      taskType: 'refactor',
      userId: 'u',
      team: 't',
      project: 'p',
      branch: 'b',
      folder: null,
      plan: null,
      cwd: '/w',
      endpoint: '/v1/chat',
      latencyMs: 13,
      serviceTier: 'batch',
      speed: null,
      inferenceGeo: null,
      webSearches: 0,
      tokens: { ...noTokens, input: 100, output: 20 },
      completeness: 'complete',
      signal: 'usage',
      billedNanoUsd: 250_000_000,
      agentCostNanoUsd: null,
    });
  });

  it('is timed by its arrival and has no id when it names none', () => {
    expect(recordOf(openai)).toMatchObject({ timestamp: arrival, ids: [], requestId: null, provider: 'openai' });
  });

  it('is filled by the context where it says nothing', () => {
    const context = { sessionId: 'h', agent: 'x', model: 'gpt-5', provider: 'gemini', idempotencyKey: 'k' };
    const record = recordOf({ prompt_tokens: 1, session_id: 's', agent: ' ' }, context);
    expect(record).toMatchObject({ sessionId: 's', agent: 'x', model: 'gpt-5', provider: 'google', ids: ['k'] });
    expect(record).toMatchObject({ requestId: null, tokens: { input: 1, output: null } });
  });

  it.each([
    ['prompt includes the cache', { ...openai, cache_read_tokens: 40, cache_write_tokens: 10 }, 50, 40],
    ['input includes the cache for others', { model: 'gpt-4.1', input_tokens: 100, cache_read_tokens: 40 }, 60, 40],
    ['input leaves the cache out for Anthropic', { ...claude, cache_read_tokens: 4000 }, 100, 4000],
    [
      'prompt includes the cache for Anthropic too',
      { model: 'claude-sonnet-4-5', prompt_tokens: 100, cache_read_tokens: 40 },
      60,
      40,
    ],
    ['a given provider decides before the model', { ...claude, provider: 'openrouter', cache_read_tokens: 40 }, 60, 40],
    ['Bedrock by alias', { model: 'm', provider: 'aws.bedrock', input_tokens: 5, cache_read_tokens: 40 }, 5, 40],
    [
      'both vocabularies that agree on the whole prompt',
      { ...claude, prompt_tokens: 140, cache_read_tokens: 40 },
      100,
      40,
    ],
  ])('%s', (_name, body, input, cacheRead) => {
    expect(recordOf(body).tokens).toMatchObject({ input, cacheRead });
  });

  it.each([
    [{ cache_write_tokens: 30 }, [0, 0, 30]],
    [{ cache_write_tokens: 30, cache_write_1h_tokens: 10 }, [0, 10, 20]],
    [{ cache_write_5m_tokens: 5, cache_write_1h_tokens: 10 }, [5, 10, 0]],
  ])('splits cache writes %j', (writes, [fiveMinutes, oneHour, rest]) => {
    expect(recordOf({ ...openai, ...writes }).tokens).toMatchObject({
      cacheWrite5m: fiveMinutes,
      cacheWrite1h: oneHour,
      cacheWrite: rest,
    });
  });

  it.each([
    ['the whole', { ...claude, cache_read_tokens: 40, total_tokens: 160 }],
    ['the uncached part', { ...claude, cache_read_tokens: 40, total_tokens: 120 }],
  ])('accepts a total of %s', (_name, body) => {
    expect(recordOf(body).tokens).toMatchObject({ input: 100, cacheRead: 40, output: 20 });
  });

  it('keeps what is unknown unknown', () => {
    expect(recordOf({ model: 'm', completion_tokens: 3 }).tokens).toEqual({ ...noTokens, output: 3 });
    expect(recordOf({ model: 'm', cost_usd: 0 })).toMatchObject({ tokens: noTokens, billedNanoUsd: 0 });
    expect(recordOf({ model: 'm', prompt_tokens: 0, completion_tokens: 0 }).tokens).toMatchObject({
      input: 0,
      output: 0,
    });
  });

  it.each([
    ['model', { prompt_tokens: 1 }],
    ['model', { ...openai, model: null }],
    ['model', { ...openai, model: '  ' }],
    ['model', { ...openai, model: 7 }],
    ['model', { ...openai, model: 'a\u0007b' }],
    ['model', { ...openai, model: 'm'.repeat(1001) }],
    ['session_id', { ...openai, session_id: 'x'.repeat(1001) }],
    ['user_id', { ...openai, user_id: 12 }],
    ['prompt_tokens', { ...openai, prompt_tokens: -1 }],
    ['prompt_tokens', { ...openai, prompt_tokens: 1.5 }],
    ['prompt_tokens', { ...openai, prompt_tokens: '100' }],
    ['prompt_tokens', { ...openai, prompt_tokens: 2 ** 53 }],
    ['prompt_tokens', { ...openai, prompt_tokens: 1e12 + 1 }],
    ['completion_tokens', { ...openai, completion_tokens: true }],
    ['input_tokens', { ...openai, input_tokens: 101 }],
    ['input_tokens', { ...claude, prompt_tokens: 100, cache_read_tokens: 40 }],
    ['output_tokens', { ...openai, output_tokens: 21 }],
    ['cache_read_tokens', { ...openai, cache_read_tokens: 101 }],
    ['cache_write_tokens', { ...openai, cache_read_tokens: 60, cache_write_tokens: 50 }],
    ['cache_write_5m_tokens', { ...openai, cache_write_5m_tokens: 101 }],
    ['cache_write_tokens', { ...openai, cache_write_tokens: 10, cache_write_5m_tokens: 6, cache_write_1h_tokens: 5 }],
    ['reasoning_tokens', { ...openai, reasoning_tokens: 21 }],
    ['total_tokens', { ...openai, total_tokens: 121 }],
    ['total_tokens', { model: 'm', prompt_tokens: 100, total_tokens: 99 }],
    ['cost_usd', { ...openai, cost_usd: -0.1 }],
    ['cost_usd', { ...openai, cost_usd: 1e300 }],
    ['cost_usd', { ...openai, cost_usd: '1' }],
    ['latency_ms', { ...openai, latency_ms: -1 }],
    ['latency_ms', { ...openai, latency_ms: 31 * 86_400_000 }],
    ['timestamp', { ...openai, timestamp: 'yesterday' }],
    ['timestamp', { ...openai, timestamp: '' }],
    ['timestamp', { ...openai, timestamp: {} }],
  ])('is rejected for %s: %j', (field, body) => {
    const rejection = rejectionOf(body);
    expect(rejection.field).toBe(field);
    expect(rejection.error).toContain(field);
    expect(rejection.error).toMatch(/\.$/);
  });

  it('is rejected without usage', () => {
    for (const body of [{ model: 'm' }, { model: 'm', total_tokens: 5 }, { model: 'm', cache_read_tokens: 0 }]) {
      expect(rejectionOf(body)).toMatchObject({ field: null, error: expect.stringContaining('no usage') });
    }
  });

  it('is rejected when counts are too large to add', () => {
    const iterations = Array.from({ length: 10_000 }, () => ({
      type: 'advisor_message',
      model: 'claude-opus-4-8',
      input_tokens: 1e12,
      output_tokens: 0,
    }));
    const usage = { input_tokens: 1, output_tokens: 1, iterations };
    expect(rejectionOf({ type: 'message', role: 'assistant', usage }).error).toContain('too large');
  });

  it('never quotes text in an error', () => {
    expect(JSON.stringify(rejectionOf({ ...openai, prompt_tokens: 'secret words' }))).not.toContain('secret');
  });

  it('names the header that is bad', () => {
    expect(rejectionOf(openai, { agent: 'a\nb' }).field).toBe('x-spend-lens-agent');
  });
});
