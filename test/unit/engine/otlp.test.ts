import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { describe, expect, it, vi } from 'vitest';
import type { OtlpSignal } from '../../../src/capture/otlp/protobuf.ts';
import { createPressure } from '../../../src/engine/otlp/pressure.ts';
import { StorageError } from '../../../src/ledger/disk/files.ts';
import { encodeProtobuf } from '../capture/otlp/encodeProtobuf.ts';
import { logs, type Point, spans, sums } from '../capture/otlp/telemetry.ts';
import { ask, bearer, makeFolder, type Started, startEngine } from './startEngine.ts';
import { startWindowMode } from './startWindowMode.ts';

const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4.1',
  'gen_ai.conversation.id': 's-1',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 500,
};
const claudeCall = {
  'event.name': 'api_request',
  'session.id': 's-1',
  model: 'claude-opus-4-5',
  input_tokens: 14,
  output_tokens: 520,
  request_id: 'req_1',
};
const claude = { scope: 'com.anthropic.claude_code.events' };
const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };

function post({ url, token }: Started, path: string, body: unknown, headers: object = json) {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
  return ask(url, path, { method: 'POST', headers: { ...bearer(token), ...headers }, body: bytes });
}

async function total({ url, token }: Started) {
  const range = 'from=2026-11-01&to=2026-12-01';
  const { json: answer } = await ask(url, `/v1/summary?${range}`, { headers: bearer(token) });
  const { requests, prompt_tokens, completion_tokens } = answer.total;
  return [requests, prompt_tokens, completion_tokens];
}

/** A `google.rpc.Status`. */
function readStatus(text: string) {
  const reader = new BinaryReader(Buffer.from(text));
  reader.tag();
  const code = reader.int32();
  reader.tag();
  return { code, message: reader.string() };
}

describe('OTLP over HTTP', () => {
  const requests: [OtlpSignal, object][] = [
    ['logs', logs(claudeCall, claude)],
    ['traces', spans(call)],
    [
      'metrics',
      sums(
        [{ name: 'claude_code.token.usage', values: { 'session.id': 's', model: 'm', type: 'input' }, value: 5 }],
        1,
        { scope: 'com.anthropic.claude_code' },
      ),
    ],
  ];

  it.each(requests)(
    'stores %s, at its path and at /, as JSON and as protobuf, and says so in kind',
    async (signal, request) => {
      const engine = await startEngine();
      const bytes = encodeProtobuf(request, signal);
      for (const path of [`/v1/${signal}`, '/', `/t/${engine.token}/v1/${signal}`, `/t/${engine.token}`]) {
        const asJson = await post(engine, path, request);
        expect([asJson.status, asJson.text, asJson.headers['content-type']]).toEqual([200, '{}', 'application/json']);
        const asProtobuf = await post(engine, path, bytes, protobuf);
        expect([asProtobuf.status, asProtobuf.text]).toEqual([200, '']);
        expect(asProtobuf.headers['content-type']).toBe('application/x-protobuf');
      }
      // An exporter that tries again makes no second call.
      expect((await total(engine))[0]).toBe(1);
    },
  );

  it('counts the call with its price', async () => {
    const engine = await startEngine();
    await post(engine, '/v1/traces', spans(call));
    const { json: answer } = await ask(engine.url, '/v1/records', { headers: bearer(engine.token) });
    expect(answer.records).toMatchObject([
      { model: 'gpt-4.1', session_id: 's-1', task_type: 'chat', signal: 'otlp_span', cost_usd: 0.006 },
    ]);
  });

  it('decodes gzip and deflate, and looks into a body of no known type', async () => {
    const engine = await startEngine();
    const request = spans(call);
    const text = JSON.stringify(request);
    const bytes = encodeProtobuf(request, 'traces');
    for (const body of [text, bytes]) {
      const type = body === text ? json : protobuf;
      expect((await post(engine, '/v1/traces', gzipSync(body), { ...type, 'content-encoding': 'gzip' })).status).toBe(
        200,
      );
      const deflated = await post(engine, '/v1/traces', deflateSync(body), { ...type, 'content-encoding': 'deflate' });
      expect(deflated.status).toBe(200);
      for (const headers of [{}, { 'content-type': 'text/plain' }]) {
        const answer = await post(engine, '/v1/traces', body, headers);
        expect(answer.headers['content-type']).toBe(type['content-type']);
      }
    }
    const utf8 = await post(engine, '/v1/traces', text, { 'content-type': 'Application/JSON; charset=utf-8' });
    expect(utf8.text).toBe('{}');
    expect((await total(engine))[0]).toBe(1);
  });

  it('accepts what is no usage', async () => {
    const engine = await startEngine();
    for (const [path, body] of [
      ['/v1/logs', {}],
      ['/v1/logs', logs({ 'event.name': 'anything' })],
      ['/v1/traces', spans({ 'http.route': '/' })],
      ['/v1/metrics', sums([{ name: 'http.server.duration', values: {}, value: 3 }], 2)],
      ['/', { resourceLogs: [] }],
    ] as const) {
      expect(await post(engine, path, body)).toMatchObject({ status: 200, text: '{}' });
    }
    expect(await post(engine, '/v1/metrics', '', protobuf)).toMatchObject({ status: 200, text: '' });
    expect(await post(engine, '/', '', protobuf)).toMatchObject({ status: 200, text: '' });
    expect((await total(engine))[0]).toBe(0);
  });

  it('tells how many pieces contradict themselves, and stores the others', async () => {
    const engine = await startEngine();
    const good = spans(call).resourceSpans;
    const bad = spans(
      { ...call, 'gen_ai.usage.reasoning_tokens': 900 },
      {},
      { spanId: 'dddddddddddddddd' },
    ).resourceSpans;
    const request = { resourceSpans: [...good, ...bad] };
    const { json: answer } = await post(engine, '/v1/traces', request);
    expect(answer).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringMatching(/^gen_ai.usage.reasoning_tokens is 900/),
      },
    });
    const { text } = await post(engine, '/v1/traces', encodeProtobuf(request, 'traces'), protobuf);
    const reader = new BinaryReader(Buffer.from(text));
    reader.tag();
    expect(readStatus(Buffer.from(reader.bytes()).toString()).code).toBe(1);
    expect((await total(engine))[0]).toBe(1);
    const wrong = logs({ ...claudeCall, input_tokens: -1 }, claude);
    expect((await post(engine, '/v1/logs', wrong)).json.partialSuccess.rejectedLogRecords).toBe('1');
  });
});

describe('what OTLP refuses', () => {
  it('is a Status in the encoding of the request', async () => {
    const engine = await startEngine();
    const refused = await post(engine, '/v1/logs', '{"resourceLogs":');
    expect(refused).toMatchObject({ status: 400, json: { code: 3, message: 'The body is not JSON.' } });
    expect(refused.headers['content-type']).toBe('application/json');
    const binary = await post(engine, '/v1/logs', '\xff\xff\xff', protobuf);
    expect([binary.status, binary.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    expect(readStatus(binary.text)).toEqual({ code: 3, message: 'The body is no protobuf request of OTLP logs.' });
    expect((await post(engine, '/', {})).status).toBe(400);
    expect((await post(engine, '/v1/logs', '')).status).toBe(400);
  });

  it('is 401 without a token, 403 from a page, 405 for GET, 413 and 415 for bodies', async () => {
    const engine = await startEngine();
    const anonymous = await ask(engine.url, '/v1/logs', { headers: protobuf, body: 'x' });
    expect([anonymous.status, readStatus(anonymous.text).code]).toEqual([401, 16]);
    expect((await post(engine, '/', {}, { ...json, origin: 'http://evil.example' })).json.code).toBe(7);
    const read = await ask(engine.url, '/v1/logs', { headers: bearer(engine.token) });
    expect([read.status, read.headers.allow]).toEqual([405, 'POST']);
    const large = gzipSync(Buffer.alloc(16 * 1024 * 1024 + 1, 32));
    const bomb = await post(engine, '/v1/logs', large, { ...json, 'content-encoding': 'gzip' });
    expect([bomb.status, bomb.json.code]).toEqual([413, 8]);
    expect((await post(engine, '/v1/logs', '{}', { ...json, 'content-encoding': 'lzma' })).status).toBe(415);
  });

  it('is 503 with Retry-After when the disk refuses, also when it is full, and the next try counts', async () => {
    const engine = await startEngine();
    const [live] = engine.engine.ledgers();
    if (!live) {
      throw new Error('no ledger');
    }
    for (const code of ['EIO', 'ENOSPC']) {
      const append = vi.spyOn(live.ledger, 'append').mockRejectedValue(new StorageError(code, 'no'));
      const answer = await post(engine, '/v1/traces', spans(call));
      expect([answer.status, answer.headers['retry-after'], answer.json.code]).toEqual([503, '5', 14]);
      const binary = await post(engine, '/v1/traces', encodeProtobuf(spans(call), 'traces'), protobuf);
      expect([binary.status, binary.headers['retry-after'], readStatus(binary.text).code]).toEqual([503, '5', 14]);
      append.mockRestore();
    }
    await post(engine, '/v1/traces', spans(call));
    expect(await total(engine)).toEqual([1, 1000, 500]);
  });

  it('is 429 with Retry-After while too much is at work, but never for one alone', () => {
    const pressure = createPressure(100);
    const request = (length?: number) => ({ headers: { 'content-length': length && String(length) } }) as never;
    const large = pressure.enter(request(500));
    expect(() => pressure.enter(request(1))).toThrow(
      expect.objectContaining({ status: 429, headers: { 'retry-after': '1' } }),
    );
    large.leave();
    large.leave();
    const first = pressure.enter(request(40));
    const second = pressure.enter(request(60));
    second.leave();
    first.decoded(60);
    expect(() => pressure.enter(request(1))).toThrow(expect.objectContaining({ status: 429 }));
    first.leave();
    pressure.enter(request()).leave();
  });
});

it('lets go of what was large', async () => {
  const engine = await startEngine();
  const padded = `{${' '.repeat(12 * 1024 * 1024)}}`;
  for (let time = 0; time < 4; time++) {
    expect((await post(engine, '/v1/logs', padded)).status).toBe(200);
  }
});

it("takes a ledger's own token, and the admin token for the machine or for a window", async () => {
  const { url, adminToken, openWindow } = await startWindowMode();
  const workspace = { storage: await makeFolder(), name: 'shop', folders: [] };
  const { answer } = await openWindow('w1', { workspace, settings: {} });
  const at = (token: string) => ({ url, token }) as Started;
  const withResponse = (id: string) => spans({ ...call, 'gen_ai.response.id': id }, {}, { spanId: '' });
  expect((await post(at(answer.token), '/v1/traces', withResponse('a'))).status).toBe(200);
  expect((await post(at(adminToken), '/v1/traces?window=w1', withResponse('b'))).status).toBe(200);
  expect((await post(at(adminToken), '/v1/traces', withResponse('c'))).status).toBe(200);
  const wrong = await post(at(adminToken), '/v1/traces?window=nobody', withResponse('d'));
  expect([wrong.status, wrong.json.code]).toEqual([404, 5]);
  expect((await total(at(answer.token)))[0]).toBe(2);
  expect((await total(at(adminToken)))[0]).toBe(1);
});

describe('cumulative metrics', () => {
  const point = (value: number, seconds: number): Point => ({
    name: 'gemini_cli.token.usage',
    values: { 'session.id': 'g-1', model: 'gemini-2.5-flash', type: 'input' },
    value,
    time: `${1795300060 + seconds}000000000`,
  });
  const send = (engine: Started, value: number, seconds: number) =>
    post(engine, '/v1/metrics', sums([point(value, seconds)], 2, { scope: 'gemini-cli' }));

  it('count what they grow by, once per delivery, also after a restart', async () => {
    const storage = await makeFolder();
    const first = await startEngine({ storage });
    await send(first, 100, 0);
    await send(first, 150, 10);
    await send(first, 150, 10);
    await send(first, 100, 0);
    expect((await total(first))[1]).toBe(150);
    first.engine.stop('test');
    await first.engine.left;
    const second = await startEngine({ storage });
    await send(second, 150, 10);
    await send(second, 180, 20);
    await send(second, 5, 30);
    expect((await total(second))[1]).toBe(185);
  });

  it('lose nothing to a disk that refuses for a while', async () => {
    const engine = await startEngine();
    const [live] = engine.engine.ledgers();
    const append = vi.spyOn((live as NonNullable<typeof live>).ledger, 'append');
    append.mockRejectedValueOnce(new StorageError('ENOSPC', 'full'));
    expect((await send(engine, 100, 0)).status).toBe(503);
    expect((await send(engine, 120, 10)).status).toBe(200);
    expect((await total(engine))[1]).toBe(120);
  });

  it('give way to the log of the same session and model', async () => {
    const engine = await startEngine();
    await send(engine, 100, 0);
    expect((await total(engine))[1]).toBe(100);
    const log = {
      'event.name': 'gemini_cli.api_response',
      'session.id': 'g-1',
      model: 'gemini-2.5-flash',
      input_token_count: 100,
      output_token_count: 20,
    };
    await post(engine, '/v1/logs', logs(log, { scope: 'gemini-cli' }));
    await send(engine, 140, 10);
    expect(await total(engine)).toEqual([1, 100, 20]);
  });
});

describe('text of prompts and responses', () => {
  it('reaches neither disk nor log nor answer', async () => {
    const planted = 'PLANTED_TEXT_OF_A_PROMPT';
    const engine = await startEngine();
    const content = {
      prompt: planted,
      response: planted,
      'gen_ai.input.messages': planted,
      'gen_ai.output.messages': planted,
      'gen_ai.system_instructions': planted,
      'gen_ai.prompt.0.content': planted,
      'ai.prompt.messages': planted,
      'ai.response.text': planted,
      'llm.input_messages.0.message.content': planted,
      'input.value': planted,
      'langfuse.observation.input': planted,
      'traceloop.entity.input': planted,
    };
    const event = { name: 'gen_ai.content', attributes: [{ key: 'content', value: { stringValue: planted } }] };
    const span = { name: `chat ${planted}`, events: [event], status: { code: 2, message: planted } };
    const log = { body: { stringValue: planted } };
    const requests: [OtlpSignal, object][] = [
      ['logs', logs({ ...content, ...claudeCall }, claude, log)],
      ['logs', logs({ ...content, 'event.name': 'user_prompt' }, claude, log)],
      ['traces', spans({ ...content, ...call }, {}, span)],
      ['traces', spans({ ...content, ...call, 'gen_ai.usage.input_tokens': planted }, {}, span)],
      ['traces', spans({ ...content, 'openinference.span.kind': 'LLM', 'llm.token_count.prompt': 5 }, {}, span)],
      [
        'traces',
        spans(
          { 'langfuse.observation.type': 'generation', 'langfuse.observation.usage_details': `{"${planted}"` },
          {},
          { spanId: 'eeeeeeeeeeeeeeee' },
        ),
      ],
    ];
    const answers: string[] = [];
    for (const [signal, request] of requests) {
      answers.push((await post(engine, `/v1/${signal}`, request)).text);
      answers.push((await post(engine, '/', encodeProtobuf(request, signal), protobuf)).text);
    }
    answers.push((await post(engine, '/v1/logs', `{"resourceLogs": ${planted}`)).text);
    answers.push((await post(engine, '/v1/logs', planted, protobuf)).text);
    expect((await total(engine))[0]).toBeGreaterThan(1);
    engine.engine.stop('test');
    await engine.engine.left;
    const files = readdirSync(engine.storage, { recursive: true, encoding: 'utf8' });
    expect(files).toContain('usage.sqlite');
    for (const file of files) {
      const path = join(engine.storage, file);
      expect(existsSync(path) && readFileSync(path).includes(planted), file).toBe(false);
    }
    expect([...answers, ...engine.log].join('\n')).not.toContain(planted);
  });
});
