import { describe, expect, it } from 'vitest';
import { recordOf, recordsOf, rejectionOf, sse } from '../captured.ts';

const usage = { input_tokens: 10, output_tokens: 5 };
const message = (more: object = {}, rest: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-5',
  content: [],
  stop_reason: 'end_turn',
  usage: { ...usage, ...more },
  ...rest,
});
const part = (type: string, model: string | null, input: number, output: number) => ({
  type,
  model,
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_creation: null,
});
const outline = (body: unknown) =>
  recordsOf(body).map(({ model, ids, tokens }) => [model, ids[0], tokens.input, tokens.output]);

describe('an Anthropic message', () => {
  it('has speed, tier, place and searches', () => {
    const more = {
      speed: 'fast',
      service_tier: 'priority',
      inference_geo: 'us',
      server_tool_use: { web_search_requests: 3 },
    };
    expect(recordOf(message(more))).toMatchObject({
      speed: 'fast',
      serviceTier: 'priority',
      inferenceGeo: 'us',
      webSearches: 3,
    });
    expect(recordOf(message({ service_tier: null, inference_geo: 'not_available' }))).toMatchObject({
      serviceTier: null,
      inferenceGeo: null,
    });
  });

  it('leaves the time to live of a rest unknown', () => {
    const more = { cache_creation_input_tokens: 100, cache_creation: { ephemeral_1h_input_tokens: 60 } };
    expect(recordOf(message(more)).tokens).toMatchObject({
      cacheWrite5m: 0,
      cacheWrite1h: 60,
      cacheWrite: 40,
      input: 10,
    });
  });

  it.each([
    [
      'usage.cache_creation_input_tokens',
      { cache_creation_input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2 } },
    ],
    ['usage.output_tokens_details.thinking_tokens', { output_tokens_details: { thinking_tokens: 6 } }],
    ['usage.input_tokens', { input_tokens: -1 }],
    ['usage.iterations[0].output_tokens', { iterations: [{ type: 'compaction', output_tokens: 'x' }] }],
  ])('is rejected for %s', (field, more) => {
    expect(rejectionOf(message(more)).field).toBe(field);
  });

  it('adds compaction to its own model and never its ordinary turns', () => {
    const iterations = [
      part('compaction', null, 180, 3),
      part('message', null, 4, 2),
      part('message', 'claude-opus-5', 6, 3),
    ];
    expect(outline(message({ iterations }))).toEqual([['claude-opus-5', 'msg_1', 190, 8]]);
  });

  it('gives a row of its own to every other model', () => {
    const iterations = [
      part('message', null, 10, 5),
      part('advisor_message', 'claude-mythos-5', 100, 7),
      part('advisor_message', 'claude-mythos-5', 50, 1),
      part('compaction', 'claude-haiku-4-5', 20, 2),
    ];
    const body = message({ iterations, server_tool_use: { web_search_requests: 1 }, speed: 'fast' });
    expect(outline(body)).toEqual([
      ['claude-opus-5', 'msg_1', 10, 5],
      ['claude-mythos-5', 'msg_1#claude-mythos-5', 150, 8],
      ['claude-haiku-4-5', 'msg_1#claude-haiku-4-5', 20, 2],
    ]);
    const [main, advisor] = recordsOf(
      { response: body, request_id: 'r', latency_ms: 9, cost_usd: 1 },
      { idempotencyKey: 'k' },
    );
    expect(main).toMatchObject({
      ids: ['r', 'msg_1', 'k'],
      latencyMs: 9,
      webSearches: 1,
      billedNanoUsd: 1e9,
      speed: 'fast',
    });
    expect(advisor?.ids).toEqual(['r', 'msg_1', 'k'].map(id => `${id}#claude-mythos-5`));
    expect(advisor).toMatchObject({ latencyMs: null, webSearches: 0, billedNanoUsd: 0, speed: null });
  });

  it('bills a model that declined after it had begun, and not one that put out nothing', () => {
    const served = part('fallback_message', 'claude-opus-4-8', 10, 5);
    const more = (declined: object) => message({ iterations: [declined, served] }, { model: 'claude-opus-4-8' });
    expect(outline(more(part('message', 'claude-fable-5', 10, 4)))).toEqual([
      ['claude-opus-4-8', 'msg_1', 10, 5],
      ['claude-fable-5', 'msg_1#claude-fable-5', 10, 4],
    ]);
    expect(outline(more(part('message', 'claude-fable-5', 10, 0)))).toEqual([['claude-opus-4-8', 'msg_1', 10, 5]]);
  });

  it('takes the model that served from the fallback entry when the message names the one that was asked', () => {
    const iterations = [part('message', null, 10, 4), part('fallback_message', 'claude-opus-4-8', 10, 5)];
    const start = {
      type: 'message_start',
      message: message({ output_tokens: 1 }, { model: 'claude-fable-5', stop_reason: null }),
    };
    const fallback = { type: 'fallback', from: { model: 'claude-fable-5' }, to: { model: 'claude-opus-4-8' } };
    const events = [
      start,
      { type: 'content_block_start', index: 0, content_block: fallback },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { ...usage, iterations } },
      { type: 'message_stop' },
    ];
    expect(outline(sse(events))).toEqual([
      ['claude-opus-4-8', 'msg_1', 10, 5],
      ['claude-fable-5', 'msg_1#claude-fable-5', 10, 4],
    ]);
  });

  it('costs nothing when it was refused before any output', () => {
    expect(recordOf(message({ output_tokens: 0 }, { stop_reason: 'refusal' })).billedNanoUsd).toBe(0);
    expect(recordOf(message({}, { stop_reason: 'refusal' })).billedNanoUsd).toBeNull();
  });

  it('is a lower bound when it holds a kind of turn that nobody knows', () => {
    expect(recordOf(message({ iterations: [part('dream', null, 9, 9)] })).completeness).toBe('lower_bound');
  });

  it('is named after the maker of the model, or as the context says', () => {
    expect(recordOf(message()).provider).toBe('anthropic');
    expect(recordOf(message({}, { model: 'claude-nobody-knows' })).provider).toBe('anthropic');
    expect(recordOf(message(), { provider: 'aws.bedrock' }).provider).toBe('bedrock');
  });
});

describe('an Anthropic stream', () => {
  const start = {
    type: 'message_start',
    message: message({ output_tokens: 1, cache_read_input_tokens: 7 }, { stop_reason: null }),
  };

  it('is a lower bound until its end is told', () => {
    const delta = (reason: string | null, output: number) => ({
      type: 'message_delta',
      delta: { stop_reason: reason },
      usage: { output_tokens: output },
    });
    const of = (...events: object[]) => {
      const { tokens, completeness } = recordOf(sse([start, ...events]));
      return [tokens.input, tokens.cacheRead, tokens.output, completeness];
    };
    expect(of()).toEqual([10, 7, 1, 'lower_bound']);
    expect(of(delta(null, 20))).toEqual([10, 7, 20, 'lower_bound']);
    expect(of(delta(null, 20), delta('end_turn', 30))).toEqual([10, 7, 30, 'complete']);
    expect(of(delta(null, 20), { type: 'message_stop' })).toEqual([10, 7, 20, 'complete']);
    expect(of({ type: 'message_stop' })).toEqual([10, 7, 1, 'lower_bound']);
  });

  it('keeps the input of the start where the end says null', () => {
    const end = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: null, cache_read_input_tokens: null, output_tokens: 3 },
    };
    expect(recordOf(sse([start, end])).tokens).toMatchObject({ input: 10, cacheRead: 7, output: 3 });
  });

  it('is one call per message_start', () => {
    const second = { type: 'message_start', message: { ...message(), id: 'msg_2' } };
    const stop = { type: 'message_stop' };
    expect(recordsOf([start, stop, { type: 'ping' }, second, stop]).map(record => record.ids)).toEqual([
      ['msg_1'],
      ['msg_2'],
    ]);
  });
});
