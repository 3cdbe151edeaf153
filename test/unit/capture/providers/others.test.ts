import { describe, expect, it } from 'vitest';
import { recordOf, recordsOf, rejectionOf, sse } from '../captured.ts';

const chat = (usage: object, rest: object = {}) => ({
  id: 'c1',
  object: 'chat.completion',
  model: 'nobody-knows-it',
  choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }],
  usage,
  ...rest,
});
const responses = (usage: object, rest: object = {}) => ({
  id: 'r1',
  object: 'response',
  model: 'gpt-5.5',
  usage,
  ...rest,
});
const tokensOf = (body: unknown) => recordOf(body).tokens;

describe('a chat completion', () => {
  const plain = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

  it.each([
    [null, plain, {}],
    ['openrouter', { ...plain, cost: 0 }, {}],
    ['deepseek', { ...plain, prompt_cache_hit_tokens: 40, prompt_cache_miss_tokens: 60 }, {}],
    ['mistral', { ...plain, num_cached_tokens: 0 }, {}],
    ['xai', { ...plain, cost_in_usd_ticks: 5 }, {}],
    ['azure', plain, { prompt_filter_results: [] }],
    ['ollama', plain, { system_fingerprint: 'fp_ollama' }],
    ['openai', plain, { model: 'gpt-4.1' }],
  ])('is of %s by its fields', (provider, usage, rest) => {
    expect(recordOf(chat(usage, rest)).provider).toBe(provider);
    expect(recordOf(chat(usage, rest), { provider: 'xai' }).provider).toBe('xai');
  });

  it.each([
    ['prompt_tokens_details', { prompt_tokens_details: { cached_tokens: 40 } }],
    ['prompt_token_details', { prompt_token_details: { cached_tokens: 40 } }],
    ['num_cached_tokens', { num_cached_tokens: 40 }],
    ['prompt_cache_hit_tokens', { prompt_cache_hit_tokens: 40 }],
  ])('finds the cache in %s', (_name, more) => {
    expect(tokensOf(chat({ ...plain, ...more }))).toMatchObject({ input: 60, cacheRead: 40 });
  });

  it('adds reasoning that the total proves to be outside', () => {
    const details = { completion_tokens_details: { reasoning_tokens: 50 } };
    expect(tokensOf(chat({ ...plain, total_tokens: 170, ...details }))).toMatchObject({ output: 70, reasoning: 50 });
    const inside = { ...plain, completion_tokens: 80, total_tokens: 180, ...details };
    expect(tokensOf(chat(inside))).toMatchObject({ output: 80, reasoning: 50 });
  });

  it('adds the reasoning of xAI when there is no total', () => {
    const usage = { prompt_tokens: 100, completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 5 } };
    expect(recordOf(chat(usage), { provider: 'x_ai' }).tokens.output).toBe(25);
    expect(recordOf(chat(usage)).tokens.output).toBe(20);
  });

  it("reads xAI's cache above the prompt as outside of it, and nobody else's", () => {
    const usage = { ...plain, prompt_tokens_details: { cached_tokens: 400 } };
    expect(recordOf(chat(usage), { provider: 'xai' }).tokens).toMatchObject({ input: 100, cacheRead: 400 });
    expect(rejectionOf(chat(usage)).field).toBe('usage.prompt_tokens_details.cached_tokens');
  });

  it('is billed by the amount of OpenRouter or xAI', () => {
    const billed = (usage: object) => recordOf(chat({ ...plain, ...usage })).billedNanoUsd;
    expect(billed({ cost: 0.00002 })).toBe(20_000);
    expect(billed({ cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } })).toBe(21_000_000);
    expect(billed({ cost: 0.001, is_byok: true, cost_details: null })).toBeNull();
    expect(billed({ cost: { total_cost: 1 } })).toBeNull();
    expect(billed({ cost_in_usd_ticks: 10_000_000_000 })).toBe(1_000_000_000);
    expect(billed({ cost_in_usd_ticks: 15 })).toBe(2);
  });

  it.each([
    ['usage.total_tokens', { ...plain, total_tokens: 121 }],
    [
      'usage.completion_tokens_details.reasoning_tokens',
      { ...plain, completion_tokens_details: { reasoning_tokens: 21 } },
    ],
    [
      'usage.prompt_tokens_details.cache_write_tokens',
      { ...plain, prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 41 } },
    ],
    ['usage.num_cached_tokens', { ...plain, num_cached_tokens: 41, prompt_tokens_details: { cached_tokens: 40 } }],
    ['usage.prompt_cache_miss_tokens', { ...plain, prompt_cache_hit_tokens: 40, prompt_cache_miss_tokens: 61 }],
    ['usage.cost', { ...plain, cost: -1 }],
    ['usage.prompt_tokens', { ...plain, prompt_tokens: '100' }],
    ['usage', 'none'],
  ])('is rejected for %s', (field, usage) => {
    expect(rejectionOf(chat(usage as object)).field).toBe(field);
  });

  it('knows that embeddings have no output', () => {
    const body = {
      object: 'list',
      data: [],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(tokensOf(body)).toMatchObject({ input: 8, output: 0 });
  });

  it('is a lower bound while a stream that repeats its usage goes on', () => {
    const chunk = (output: number, finish: string | null) => ({
      ...chat({ prompt_tokens: 100, completion_tokens: output, total_tokens: 100 + output }),
      object: 'chat.completion.chunk',
      choices: [{ delta: {}, finish_reason: finish }],
    });
    expect(recordOf(sse([chunk(1, null), chunk(2, null)]))).toMatchObject({
      completeness: 'lower_bound',
      tokens: { output: 2 },
    });
    expect(recordOf(sse([chunk(1, null), chunk(3, 'stop')]))).toMatchObject({
      completeness: 'complete',
      tokens: { output: 3 },
    });
  });

  it("joins Azure's first chunk, which has no id, to its call", () => {
    const chunks = [
      { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [] },
      { ...chat(plain), object: 'chat.completion.chunk', choices: [] },
    ];
    expect(recordsOf(sse(chunks))).toMatchObject([{ ids: ['c1'], provider: 'azure', tokens: { input: 100 } }]);
  });
});

describe("OpenAI's responses", () => {
  const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };

  it.each(['response.completed', 'response.incomplete', 'response.failed', 'response.done'])(
    'count when they end with %s',
    type => {
      const body = sse([
        { type: 'response.created', response: responses({}, { usage: null }) },
        { type, response: responses(usage) },
      ]);
      expect(recordOf(body)).toMatchObject({ ids: ['r1'], tokens: { input: 100, output: 20 } });
    },
  );

  it('give several calls of one socket', () => {
    const done = (id: string) => ({ type: 'response.completed', response: responses(usage, { id }) });
    expect(recordsOf([done('a'), done('b')]).map(record => record.ids)).toEqual([['a'], ['b']]);
  });

  it('take the tier that was used, not the one that was asked for', () => {
    const created = { type: 'response.created', response: responses({}, { usage: null, service_tier: 'auto' }) };
    const tier = (used: string) =>
      recordOf([created, { type: 'response.completed', response: responses(usage, { service_tier: used }) }])
        .serviceTier;
    expect(tier('flex')).toBe('flex');
    expect(tier('default')).toBeNull();
    expect(tier('auto')).toBeNull();
  });

  it('are recognised without their marks, as are those of Anthropic', () => {
    expect(
      recordOf({ model: 'm', usage: { ...usage, input_tokens_details: { cached_tokens: 40 } } }).tokens.input,
    ).toBe(60);
    expect(
      recordOf({ model: 'm', usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 40 } }).tokens.input,
    ).toBe(9);
  });
});

describe('Gemini', () => {
  const counts = { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 };
  const gemini = (more: object = {}, rest: object = {}) => ({
    candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
    usageMetadata: { ...counts, ...more },
    modelVersion: 'gemini-3.8-flash',
    ...rest,
  });

  it('streams as an array of chunks without ids', () => {
    const early = {
      candidates: [{}],
      usageMetadata: { promptTokenCount: 100, totalTokenCount: 100 },
      modelVersion: 'g',
    };
    expect(recordOf([early, gemini()])).toMatchObject({ tokens: { input: 100, output: 20 }, completeness: 'complete' });
    expect(recordOf([early, early])).toMatchObject({ completeness: 'lower_bound' });
    expect(recordsOf([early, gemini(), early, gemini()])).toHaveLength(2);
    expect(
      recordOf([early, gemini(), { usageMetadata: { ...counts, candidatesTokenCount: 30, totalTokenCount: 130 } }])
        .tokens.output,
    ).toBe(30);
  });

  it('is read inside the wrapping of Code Assist', () => {
    expect(recordOf(sse([{ response: gemini({}, { responseId: 'g' }), traceId: 't' }]))).toMatchObject({
      ids: ['g'],
      provider: 'google',
    });
  });

  it('knows that nothing came out when the total proves it', () => {
    const blocked = {
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata: { promptTokenCount: 100, totalTokenCount: 100 },
    };
    expect(recordOf(blocked).tokens).toMatchObject({ input: 100, output: 0 });
    expect(recordOf({ ...blocked, usageMetadata: { promptTokenCount: 100 } }).tokens.output).toBeNull();
  });

  it.each([
    ['usageMetadata.totalTokenCount', { totalTokenCount: 121 }],
    ['usageMetadata.totalTokenCount', { thoughtsTokenCount: 5 }],
    ['usageMetadata.cachedContentTokenCount', { cachedContentTokenCount: 101 }],
  ])('is rejected for %s', (field, more) => {
    expect(rejectionOf(gemini(more)).field).toBe(field);
  });

  it('has the tier of its traffic', () => {
    const tier = (trafficType: string) => recordOf(gemini({ trafficType })).serviceTier;
    expect(['ON_DEMAND', 'ON_DEMAND_FLEX', 'ON_DEMAND_PRIORITY', 'PROVISIONED_THROUGHPUT'].map(tier)).toEqual([
      null,
      'flex',
      'priority',
      'provisioned_throughput',
    ]);
  });

  it('speaks of interactions too', () => {
    const usage = {
      total_input_tokens: 100,
      total_cached_tokens: 40,
      total_output_tokens: 20,
      total_thought_tokens: 7,
      total_tokens: 127,
    };
    expect(recordOf({ id: 'i', model: 'gemini-3.8-flash', usage })).toMatchObject({
      ids: ['i'],
      tokens: { input: 60, cacheRead: 40, output: 27, reasoning: 7 },
    });
  });
});

describe('Bedrock', () => {
  const usage = { inputTokens: 60, outputTokens: 140, totalTokens: 200 };

  it('takes its model from the context and its id from the SDK', () => {
    const body = {
      response: { usage, $metadata: { requestId: 'aws-1' }, metrics: { latencyMs: 5 } },
      model: 'anthropic.claude-x',
    };
    expect(recordOf(body)).toMatchObject({
      model: 'anthropic.claude-x',
      ids: ['aws-1'],
      latencyMs: 5,
      provider: 'bedrock',
    });
  });

  it('streams', () => {
    const events = [
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { delta: {} } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage } },
    ];
    expect(recordsOf([...events, ...events])).toMatchObject([{ tokens: { input: 60 } }, { tokens: { output: 140 } }]);
  });

  it.each([
    ['usage.totalTokens', { totalTokens: 201 }],
    ['usage.cacheWriteInputTokens', { cacheWriteInputTokens: 1, cacheDetails: [{ ttl: '1h', inputTokens: 2 }] }],
    ['usage.cacheDetails', { cacheDetails: 'x' }],
  ])('is rejected for %s', (field, more) => {
    expect(rejectionOf({ usage: { ...usage, ...more } }).field).toBe(field);
  });
});

describe('Ollama', () => {
  const line = (done: boolean, more: object = {}) => ({
    model: 'q',
    created_at: '2026-11-21T22:26:42Z',
    response: 'x',
    done,
    ...more,
  });
  const end = line(true, { prompt_eval_count: 6, eval_count: 5, total_duration: 7_400_000 });

  it('gives one call per line that is done', () => {
    const body = [line(false), line(false), end, line(false), end].map(value => JSON.stringify(value)).join('\n');
    expect(recordsOf(body)).toMatchObject([
      {
        provider: 'ollama',
        model: 'q',
        latencyMs: 7,
        timestamp: Date.UTC(2026, 10, 21, 22, 26, 42),
        tokens: { input: 6, output: 5 },
      },
      { tokens: { input: 6 } },
    ]);
  });

  it('leaves a missing count unknown, and is rejected without any', () => {
    expect(tokensOf(line(true, { eval_count: 5 }))).toMatchObject({ input: null, output: 5 });
    expect(rejectionOf(line(true)).error).toContain('no usage in the response');
    expect(rejectionOf([line(false), line(false)]).error).toContain('no usage in the response');
  });
});
