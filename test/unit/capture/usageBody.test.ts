import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableBodyError } from '../../../src/capture/usageBody.ts';
import { promptTokens } from '../../../src/core/usageRecord.ts';
import { arrival, itemsOf, recordOf, recordsOf, rejectionOf, sse } from './captured.ts';
import { parseUsageBody } from './parseUsageBody.ts';

const flat = (n: number) => ({ model: 'gpt-4.1', prompt_tokens: n, completion_tokens: 1 });
const chunk = (id: string, rest: object = {}) => ({
  id,
  object: 'chat.completion.chunk',
  model: 'gpt-5.4',
  choices: [{ index: 0, delta: { content: 'x' } }],
  ...rest,
});
const last = (id: string, prompt: number) =>
  chunk(id, { choices: [], usage: { prompt_tokens: prompt, completion_tokens: 1, total_tokens: prompt + 1 } });
const ndjson = (values: readonly unknown[]) => values.map(value => JSON.stringify(value)).join('\n');
const inputs = (body: unknown) => recordsOf(body).map(record => record.tokens.input);

describe('a body', () => {
  it.each(['', ' \n', '[]', '42', '"text"', 'null', 'true', '{"model":', 'hello', '[{"model":"m"}\n{"model":"m"}'])(
    'is unreadable: %j',
    text => {
      expect(() => parseUsageBody(text, {}, arrival)).toThrow(UnreadableBodyError);
    },
  );

  it('gives one item per element of an array, in order', () => {
    const items = itemsOf([flat(1), { model: 'm' }, flat(3), 7]);
    expect(items.map(item => [item.kind, item.input])).toEqual([
      ['record', 0],
      ['rejected', 1],
      ['record', 2],
      ['rejected', 3],
    ]);
  });

  it('reads NDJSON with blank lines, and rejects a bad line alone', () => {
    const items = itemsOf(`${JSON.stringify(flat(1))}\r\n\n{"model":\n${JSON.stringify(flat(2))}\n`);
    expect(items.map(item => item.kind)).toEqual(['record', 'rejected', 'record']);
  });

  it('takes NDJSON whose first line is bad, but nothing that was cut off', () => {
    const line = '{"model":"m","input_tokens":1,"output_tokens":1}';
    expect(itemsOf(`{bad}\n${line}`)).toMatchObject([
      { kind: 'rejected', input: 0, error: 'This line is not valid JSON.' },
      { kind: 'record', input: 1 },
    ]);
    for (const body of [`[\n${line},\n${line}\n`, JSON.stringify({ a: { b: 1 } }, null, 1).slice(0, -3), '{bad}\n1']) {
      expect(() => itemsOf(body)).toThrow(UnreadableBodyError);
    }
  });

  it('numbers an idempotency key only when there are several inputs', () => {
    const context = { idempotencyKey: 'k' };
    expect(recordOf(flat(1), context).ids).toEqual(['k']);
    expect(recordsOf([flat(1)], context).map(record => record.ids)).toEqual([['k']]);
    expect(recordsOf([flat(1), { ...flat(2), request_id: 'r' }], context).map(record => record.ids)).toEqual([
      ['k#0'],
      ['r', 'k#1'],
    ]);
  });

  it('gives no id for an empty idempotency key', () => {
    expect(recordsOf([flat(1), flat(2)], { idempotencyKey: ' ' }).map(record => record.ids)).toEqual([[], []]);
  });

  it('mixes flat records, responses and interleaved chunks; chunks of one response are one input', () => {
    const body = [
      flat(1),
      chunk('a'),
      chunk('b'),
      last('a', 2),
      { ...last('w', 3), object: 'chat.completion' },
      last('b', 4),
    ];
    for (const text of [JSON.stringify(body), ndjson(body)]) {
      const items = itemsOf(text);
      expect(items.map(item => (item.kind === 'record' ? item.record.tokens.input : item))).toEqual([1, 2, 4, 3]);
      expect(items.map(item => item.input)).toEqual([0, 1, 2, 3]);
    }
  });

  it('counts a response that is sent twice as two inputs with one id', () => {
    const response = {
      id: 'a',
      object: 'chat.completion',
      model: 'm',
      choices: [{}],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    };
    expect(recordsOf([response, response]).map(record => record.ids)).toEqual([['a'], ['a']]);
  });

  it('reads events that are sent as lines or as an array', () => {
    const events = [
      { type: 'response.created', response: { id: 'r', usage: null } },
      { type: 'response.output_text.delta', delta: 'x' },
      {
        type: 'response.completed',
        response: { id: 'r', model: 'gpt-5.5', usage: { input_tokens: 5, output_tokens: 2 } },
      },
    ];
    expect(inputs(ndjson(events))).toEqual([5]);
    expect(inputs(events)).toEqual([5]);
    // An event on its own is no context around a response.
    expect(recordOf({ ...events[2], session_id: 's' })).toMatchObject({ ids: ['r'], sessionId: null });
  });

  it('rejects a readable body without any usage as one input', () => {
    const bodies = [
      ': keep-alive\n\n',
      'data: [DONE]\n\n',
      'data: hello\n\n',
      ndjson([{ type: 'ping' }, { type: 'ping' }]),
    ];
    for (const body of [...bodies, { error: { message: 'overloaded' } }, sse([chunk('a')]), [chunk('a')]]) {
      expect(rejectionOf(body)).toEqual({ field: null, error: expect.stringContaining('no usage in the response') });
    }
  });

  it('reads an event stream that broke off inside an event', () => {
    expect(inputs(`${sse([chunk('a'), last('a', 9)])}data: {"id":"a","cho`)).toEqual([9]);
  });

  it('gives each call of a stream that holds several', () => {
    expect(inputs(sse([chunk('a'), last('a', 9), chunk('b'), last('b', 8)]))).toEqual([9, 8]);
  });
});

describe('{response, …context}', () => {
  const response = {
    id: 'x',
    object: 'chat.completion',
    created: 1795300000,
    model: 'm',
    choices: [{}],
    usage: { prompt_tokens: 4, completion_tokens: 1 },
  };

  it('adds the context, which wins over headers', () => {
    const around = {
      provider: 'xai',
      model: 'other',
      session_id: 's',
      request_id: 'r',
      latency_ms: 5,
      cost_usd: 1,
      branch: 'b',
    };
    const record = recordOf({ response, ...around }, { sessionId: 'h', userId: 'u', idempotencyKey: 'k' });
    expect(record).toMatchObject({ ids: ['r', 'x', 'k'], requestId: 'r', provider: 'xai', model: 'm', sessionId: 's' });
    expect(record).toMatchObject({ userId: 'u', latencyMs: 5, billedNanoUsd: 1e9, branch: 'b', signal: 'response' });
    expect(record.timestamp).toBe(1795300000_000);
    expect(recordOf({ response, timestamp: 1795000000 }).timestamp).toBe(1795000000_000);
  });

  it('numbers given ids when it wraps several calls, which stay one input', () => {
    const items = itemsOf([{ response: [last('a', 1), last('b', 2)], request_id: 'r' }, flat(3)], {
      idempotencyKey: 'k',
    });
    expect(items.map(item => item.input)).toEqual([0, 0, 1]);
    expect(items.map(item => (item.kind === 'record' ? item.record.ids : item))).toEqual([
      ['r#0', 'a', 'k#0#0'],
      ['r#1', 'b', 'k#0#1'],
      ['k#1'],
    ]);
  });

  it.each([
    ['response', { response: 'just text', model: 'm' }],
    ['response', { response: {}, model: 'm' }],
    ['response', { response: [], model: 'm' }],
    ['response', { response: 5 }],
    ['response', { response: { response } }],
    ['latency_ms', { response, latency_ms: 'fast' }],
    ['cost_usd', { response: [last('a', 1), last('b', 2)], cost_usd: 1 }],
    ['cost_usd', { response: { ...response, usage: { ...response.usage, cost: 2 } }, cost_usd: 1 }],
  ])('is rejected for %s: %j', (field, body) => {
    expect(rejectionOf(body).field).toBe(field);
  });

  it('is no wrapper when a flat record keeps its answer beside the counts', () => {
    for (const answer of ['the answer', { text: 'the answer' }, ['the', 'answer']]) {
      expect(recordOf({ ...flat(6), response: answer })).toMatchObject({ signal: 'usage', tokens: { input: 6 } });
    }
  });
});

describe('any body', () => {
  it('throws nothing but UnreadableBodyError', () => {
    const parse = (text: string) => {
      try {
        return parseUsageBody(text, {}, arrival).length > 0;
      } catch (error) {
        return error instanceof UnreadableBodyError;
      }
    };
    const field = fc.constantFrom(
      'model',
      'usage',
      'response',
      'choices',
      'type',
      'done',
      'message',
      'usageMetadata',
      'iterations',
      'delta',
      'id',
      'output',
      'cost_usd',
    );
    const value = fc.letrec(tie => ({
      any: fc.oneof(
        fc.jsonValue(),
        fc.constantFrom('message', 'message_start', 'message_delta', 'response.completed', 'data: {}'),
        tie('object'),
      ),
      object: fc.dictionary(field, tie('any'), { maxKeys: 5 }),
    })).object;
    fc.assert(
      fc.property(
        value,
        object => parse(JSON.stringify(object)) && parse(JSON.stringify([object, object])) && parse(sse([object])),
      ),
    );
    fc.assert(fc.property(fc.string(), parse));
  });

  it('keeps what was sent: whole prompt, output and total stay equal', () => {
    const count = fc.nat(1e6);
    fc.assert(
      fc.property(count, count, count, count, count, (uncached, read, fiveMinutes, oneHour, output) => {
        const prompt = uncached + read + fiveMinutes + oneHour;
        const cache = { cache_read_tokens: read, cache_write_5m_tokens: fiveMinutes, cache_write_1h_tokens: oneHour };
        const out = { output_tokens: output, total_tokens: prompt + output };
        const bodies = [
          { model: 'm', provider: 'anthropic', input_tokens: uncached, ...cache, ...out },
          { model: 'm', provider: 'openai', input_tokens: prompt, ...cache, ...out },
          { model: 'm', provider: 'anthropic', prompt_tokens: prompt, ...cache, ...out },
        ];
        for (const body of bodies) {
          const { tokens } = recordOf(body);
          expect(tokens).toMatchObject({
            input: uncached,
            cacheRead: read,
            cacheWrite5m: fiveMinutes,
            cacheWrite1h: oneHour,
          });
          expect(promptTokens(tokens)).toBe(prompt);
        }
      }),
    );
  });
});
