import { request as startRequest } from 'node:http';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, bearer } from '../startEngine.ts';
import { events, listen, startGateway, startProvider } from './fakeProvider.ts';

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
};

/** How long the provider may take to see that the client left: the way of one message on a busy machine, times five. ms */
const soonMs = 5 * 50;

function requireSoon(leftAt: number): void {
  const ms = performance.now() - leftAt;
  process.stdout.write(`the provider saw it after ${ms.toFixed(1)} ms\n`);
  expect(ms).toBeLessThan(soonMs);
}

describe('the gateway', () => {
  it('passes method, path, query, headers and body on as they are, and the answer back', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, 'Fine', [
        'Content-Type',
        'application/json',
        'X-Request-Id',
        'req_1',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
      ]);
      response.end(JSON.stringify(completion));
    });
    const gateway = await startGateway({ openai: `${provider.url}/prefix` });
    const body = '{ "model":"gpt-4.1",  "messages":[] }';
    const answer = await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions?a=%2F&b=1&b=2`, {
      headers: {
        Authorization: 'Bearer sk-of-the-user',
        'X-Custom': 'Zoë'.normalize(),
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'x-spend-lens-session': 'mine',
        'x-spend-lens-task-type': 'review',
        'x-spend-lens-token': 'any',
        'Keep-Alive': 'timeout=5',
        Connection: 'keep-alive, x-hop',
        'X-Hop': 'one',
      },
      body: Buffer.from(body),
    });
    expect(answer).toMatchObject({ status: 200, json: completion });
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const [seen] = provider.seen;
    expect(seen?.method).toBe('POST');
    expect(seen?.url).toBe('/prefix/v1/chat/completions?a=%2F&b=1&b=2');
    expect(seen?.body.toString()).toBe(body);
    expect(seen?.rawHeaders).toEqual([
      'Host',
      new URL(provider.url).host,
      'Authorization',
      'Bearer sk-of-the-user',
      'X-Custom',
      'Zo\u00eb',
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body)),
      'Connection',
      'keep-alive',
    ]);
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({
        provider: 'openai',
        model: 'gpt-4.1',
        session_id: 'mine',
        task_type: 'review',
        prompt_tokens: 1000,
        completion_tokens: 500,
        cost_usd: 0.006,
        cost_basis: 'priced',
        signal: 'gateway',
      }),
    ]);
  });

  it('takes our token off in each of its forms, and no other', async () => {
    const provider = await startProvider(response => response.end('{}'));
    const gateway = await startGateway({ openai: provider.url });
    await ask(gateway.url, '/gateway/openai/v1/models', { headers: bearer(gateway.token) });
    await ask(gateway.url, '/gateway/openai/v1/models', {
      headers: { 'x-spend-lens-token': gateway.token, authorization: 'Bearer sk-key' },
    });
    await ask(gateway.url, `${gateway.base}/openai/v1/models`, { headers: { 'x-api-key': 'key' } });
    expect(provider.seen.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual([
      [undefined, undefined],
      ['Bearer sk-key', undefined],
      [undefined, 'key'],
    ]);
    expect(JSON.stringify(provider.seen.map(({ rawHeaders, url }) => [rawHeaders, url]))).not.toContain(gateway.token);
    const refused = await ask(gateway.url, '/gateway/openai/v1/models', { headers: bearer('sk-key') });
    expect(refused.status).toBe(401);
    expect(provider.seen).toHaveLength(3);
  });

  it('brings the first event before the upstream has finished, and the last one', async () => {
    let finish = () => {};
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        events({
          type: 'message_start',
          message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 1 } },
        }),
      );
      finish = () =>
        response.end(
          events(
            { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
            { type: 'message_stop' },
          ),
        );
    });
    const gateway = await startGateway({ anthropic: provider.url });
    const { hostname, port } = new URL(gateway.url);
    const chunks: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const sent = startRequest(
        { hostname, port, path: `${gateway.base}/anthropic/v1/messages`, method: 'POST' },
        answer => {
          answer.on('data', chunk => {
            chunks.push(String(chunk));
            finish();
          });
          answer.on('end', resolve);
        },
      );
      sent.on('error', reject);
      sent.end('{"model":"claude-sonnet-4-5"}');
    });
    expect(chunks).toHaveLength(2);
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({ provider: 'anthropic', prompt_tokens: 10, completion_tokens: 5, cost_basis: 'priced' }),
    ]);
  });

  it('brings the head of an answer before its body', async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    const gateway = await startGateway({ openai: url });
    const { hostname, port } = new URL(gateway.url);
    const status = await new Promise(resolve => {
      const sent = startRequest({ hostname, port, path: `${gateway.base}/openai/v1/x` }, answer => {
        resolve(answer.statusCode);
        sent.destroy();
      });
      sent.on('error', () => {});
      sent.end();
    });
    expect(status).toBe(200);
  });

  it('ends the call at the provider at once when the client leaves, and keeps what was billed until then', async () => {
    let isAborted: Promise<void> = Promise.resolve();
    let leftAt = 0;
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        events({
          type: 'message_start',
          message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 2 } },
        }),
      );
      isAborted = new Promise(resolve => response.once('close', resolve));
    });
    const gateway = await startGateway({ anthropic: provider.url });
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/anthropic/v1/messages`, method: 'POST' });
    sent.on('error', () => {});
    sent.on('response', answer => {
      answer.on('error', () => {});
      answer.once('data', () => {
        leftAt = performance.now();
        sent.destroy();
      });
    });
    sent.end('{}');
    await expect.poll(() => leftAt).toBeGreaterThan(0);
    await isAborted;
    requireSoon(leftAt);
    const rows = await gateway.waitForRecords(1);
    expect(rows).toEqual([
      expect.objectContaining({ prompt_tokens: 1000, completion_tokens: 2, cost_basis: 'estimated' }),
    ]);
  });

  it('ends a call that has no answer yet', async () => {
    let isAborted = false;
    let onRequest = () => {};
    const came = new Promise<void>(resolve => {
      onRequest = resolve;
    });
    const provider = await startProvider(response => {
      response.once('close', () => {
        isAborted = true;
      });
      onRequest();
    });
    const gateway = await startGateway({ openai: provider.url });
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/openai/v1/responses`, method: 'POST' });
    sent.on('error', () => {});
    sent.end('{}');
    await came;
    const leftAt = performance.now();
    sent.destroy();
    await expect.poll(() => isAborted, { interval: 5 }).toBe(true);
    requireSoon(leftAt);
  });

  it('ends a call in the middle of its question', async () => {
    const broken = Promise.withResolvers<number>();
    const came = Promise.withResolvers<void>();
    const url = await listen(request => {
      request.on('error', () => {});
      request.once('data', () => came.resolve());
      request.once('close', () => broken.resolve(performance.now()));
    });
    const gateway = await startGateway({ anthropic: url });
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/anthropic/v1/messages`, method: 'POST' });
    sent.on('error', () => {});
    sent.write('{"model":');
    await came.promise;
    const leftAt = performance.now();
    sent.destroy();
    await broken.promise;
    requireSoon(leftAt);
  });

  it('breaks off for the client when the upstream does', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const gateway = await startGateway({ openai: provider.url });
    await expect(ask(gateway.url, `${gateway.base}/openai/v1/models`)).rejects.toThrow(/aborted|hang up/);
  });

  it.each(['HEAD', 'OPTIONS', 'DELETE', 'PUT', 'PATCH', 'GET'])('passes %s without a body', async method => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'x-allow': 'all', 'content-length': '5' });
      response.end(method === 'HEAD' ? '' : 'hello');
    });
    const gateway = await startGateway({ anthropic: provider.url });
    const answer = await ask(gateway.url, `${gateway.base}/anthropic/api/hello`, { method });
    expect(answer).toMatchObject({ status: 200, text: method === 'HEAD' ? '' : 'hello' });
    expect(answer.headers).toMatchObject({ 'x-allow': 'all', 'content-length': '5' });
    expect(provider.seen[0]).toMatchObject({ method, url: '/api/hello', body: Buffer.alloc(0) });
    expect(provider.seen[0]?.headers['transfer-encoding']).toBe(undefined);
  });

  it('passes errors and their headers, and trailers both ways', async () => {
    let requestTrailers = {};
    const provider = await startProvider((response, { url }, request) => {
      requestTrailers = request.trailers;
      if (url === '/limited') {
        response.writeHead(429, {
          'retry-after': '7',
          'x-ratelimit-remaining': '0',
          'content-type': 'application/json',
        });
        response.end('{"error":{"message":"slow down"}}');
        return;
      }
      response.writeHead(200, { trailer: 'x-checksum' });
      response.write('body');
      response.addTrailers({ 'x-checksum': 'abc' });
      response.end();
    });
    const gateway = await startGateway({ openai: provider.url });
    const limited = await ask(gateway.url, `${gateway.base}/openai/limited`, { body: '{}' });
    expect(limited).toMatchObject({ status: 429, json: { error: { message: 'slow down' } } });
    expect(limited.headers).toMatchObject({ 'retry-after': '7', 'x-ratelimit-remaining': '0' });
    const { hostname, port } = new URL(gateway.url);
    const trailers = await new Promise(resolve => {
      startRequest({ hostname, port, path: `${gateway.base}/openai/ok` }, answer => {
        answer.resume();
        answer.on('end', () => resolve(answer.trailers));
      }).end();
    });
    expect(trailers).toEqual({ 'x-checksum': 'abc' });
    await new Promise<void>(resolve => {
      const headers = { trailer: 'x-digest', 'transfer-encoding': 'chunked' };
      const sent = startRequest(
        { hostname, port, path: `${gateway.base}/openai/trailed`, method: 'POST', headers },
        answer => answer.resume().on('end', resolve),
      );
      sent.write('question');
      sent.addTrailers({ 'x-digest': 'def' });
      sent.end();
    });
    expect(requestTrailers).toEqual({ 'x-digest': 'def' });
    expect(await gateway.records()).toEqual([]);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['br', zlib.brotliCompressSync],
    [
      'zstd',
      (bytes: Buffer) =>
        Buffer.concat([zlib.zstdCompressSync(bytes.subarray(0, 50)), zlib.zstdCompressSync(bytes.subarray(50))]),
    ],
    ['gzip, br', (bytes: Buffer) => zlib.brotliCompressSync(zlib.gzipSync(bytes))],
  ])('reads %s in a copy and passes the bytes on', async (encoding, encode) => {
    const bytes = encode(Buffer.from(JSON.stringify(completion)));
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      for (const byte of bytes.subarray(0, 30)) {
        response.write(Buffer.from([byte]));
      }
      response.end(bytes.subarray(30));
    });
    const gateway = await startGateway({ openai: provider.url });
    const { hostname, port } = new URL(gateway.url);
    const received = await new Promise<Buffer>(resolve => {
      const chunks: Buffer[] = [];
      startRequest({ hostname, port, path: `${gateway.base}/openai/v1/chat/completions`, method: 'POST' }, answer => {
        expect(answer.headers['content-encoding']).toBe(encoding);
        answer.on('data', chunk => chunks.push(chunk));
        answer.on('end', () => resolve(Buffer.concat(chunks)));
      }).end('{}');
    });
    expect(received.equals(bytes)).toBe(true);
    expect(await gateway.waitForRecords(1)).toEqual([expect.objectContaining({ prompt_tokens: 1000 })]);
  });

  it('passes on what the copy can’t read', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      response.end('this is no gzip');
    });
    const gateway = await startGateway({ openai: provider.url });
    const answer = await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, { body: '{}' });
    expect(answer.text).toBe('this is no gzip');
    await expect.poll(() => gateway.log.filter(line => line.startsWith('warn Gateway'))).toHaveLength(1);
  });

  it('answers a WebSocket attempt with 426', async () => {
    const gateway = await startGateway({ openai: 'http://127.0.0.1:1' });
    const answer = await ask(gateway.url, `${gateway.base}/openai/v1/responses`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'eA==',
      },
    });
    expect(answer.status).toBe(426);
    expect(answer.headers.upgrade).toBe('HTTP/1.1');
    expect(answer.json.error.message).toContain('WebSocket');
  });

  const message = (name: string) => `Spend Lens can't reach ${name} at http://127.0.0.1:1: ECONNREFUSED.`;
  const openAi = (name: string) => ({
    error: { message: message(name), type: 'gateway_error', param: null, code: 'bad_gateway' },
  });
  const anthropic = (name: string) => ({ type: 'error', error: { type: 'api_error', message: message(name) } });
  it.each([
    ['openai', '/v1/chat/completions', openAi('openai')],
    ['openai', '/v1/responses', openAi('openai')],
    ['anthropic', '/v1/messages', anthropic('anthropic')],
    ['anthropic', '/api/hello', anthropic('anthropic')],
    [
      'google',
      '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
      { error: { code: 502, message: message('google'), status: 'UNAVAILABLE' } },
    ],
    ['google', '/v1beta/openai/chat/completions', { error: { code: 502, message: message('google') } }],
    ['openrouter', '/api/v1/chat/completions', { error: { code: 502, message: message('openrouter') } }],
    ['openrouter', '/api/v1/messages', anthropic('openrouter')],
    ['deepseek', '/chat/completions', openAi('deepseek')],
    ['deepseek', '/anthropic/v1/messages', anthropic('deepseek')],
    ['mistral', '/v1/chat/completions', { object: 'error', message: message('mistral'), ...openAi('mistral') }],
    ['xai', '/v1/chat/completions', { code: 'bad_gateway', error: message('xai') }],
    ['ollama', '/api/chat', { error: message('ollama') }],
    ['ollama', '/v1/chat/completions', openAi('ollama')],
    ['mine', '/v1/chat/completions', openAi('mine')],
    ['mine', '/v1/messages?beta=true', anthropic('mine')],
  ])('says 502 in the shape of %s at %s when the upstream is down', async (name, path, shape) => {
    const gateway = await startGateway({ [name]: 'http://127.0.0.1:1/base' });
    const answer = await ask(gateway.url, `${gateway.base}/${name}${path}`, { body: '{}' });
    expect(answer).toMatchObject({ status: 502, json: shape });
  });

  it('says which upstreams there are when it does not know one', async () => {
    const gateway = await startGateway({});
    for (const name of ['nobody', '__proto__', 'constructor']) {
      const answer = await ask(gateway.url, `${gateway.base}/${name}/v1/chat/completions`, { body: '{}' });
      expect(answer.status).toBe(404);
      expect(answer.json.error.message).toContain('gateway.upstreams');
    }
    expect((await ask(gateway.url, `${gateway.base}`)).status).toBe(404);
  });
});
