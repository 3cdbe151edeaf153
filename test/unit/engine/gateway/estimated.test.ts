import { request as startRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countHeldBytes } from '../../../../src/engine/gateway/heldBytes.ts';
import { ask } from '../startEngine.ts';
import { events, type GatewayTest, startGateway, startProvider } from './fakeProvider.ts';

// Numbers of o200k_base: 'word ' × 1000 is 1000 tokens, with the 4 of a message and the 3 of the conversation around them.
const prompt = 'word '.repeat(1000).trim();
const chunk = (content: string, finish: string | null = null) => ({
  id: 'chatcmpl-7',
  object: 'chat.completion.chunk',
  model: 'gpt-4.1',
  created: 1795300000,
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
const chat = (extra = {}) =>
  JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: prompt }], ...extra });
const off = { includeUsage: false };

/** Sends a call and leaves as soon as the answer holds the text. */
async function leaveAfter(gateway: GatewayTest, path: string, body: string, text: string): Promise<void> {
  const { hostname, port } = new URL(gateway.url);
  await new Promise<void>(resolve => {
    const sent = startRequest({ hostname, port, path: gateway.base + path, method: 'POST' });
    sent.on('error', () => {});
    sent.on('close', resolve);
    sent.on('response', answer => {
      let received = '';
      answer.on('error', () => {});
      answer.on('data', bytes => {
        received += bytes;
        if (received.includes(text)) {
          sent.destroy();
        }
      });
    });
    sent.end(body);
  });
}

describe('a call whose usage is not told', () => {
  it('is estimated from both texts when the stream was not asked for usage', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
      response.end(events(...Array.from({ length: 200 }, () => chunk(' word')), chunk('', 'stop'), '[DONE]'));
    });
    const gateway = await startGateway({ openai: provider.url }, off);
    await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, { body: chat() });
    expect(provider.seen[0]?.body.toString()).toBe(chat());
    const [row] = await gateway.waitForRecords(1);
    expect(row).toMatchObject({
      model: 'gpt-4.1',
      prompt_tokens: 1007,
      completion_tokens: 200,
      cost_basis: 'estimated',
      signal: 'gateway',
      timestamp: new Date(1795300000_000).toISOString(),
    });
    // 1007 × $2 + 200 × $8 per 1M.
    expect(row?.cost_usd).toBe(0.003614);
    await expect.poll(countHeldBytes).toBe(0);
  });

  it.each(['gzip', 'zstd'])('is estimated when the body comes in %s, which is not changed', async encoding => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events(chunk('Hello', 'stop'), '[DONE]'));
    });
    const gateway = await startGateway({ openai: provider.url });
    const body = encoding === 'gzip' ? zlib.gzipSync(chat()) : zlib.zstdCompressSync(chat());
    const headers = { 'content-encoding': encoding };
    await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, { body, headers });
    expect(provider.seen[0]?.body.equals(body)).toBe(true);
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({ prompt_tokens: 1007, completion_tokens: 1, cost_basis: 'estimated' }),
    ]);
  });

  it('is estimated when its body is too long to be changed, without being held', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(events(chunk('Hello', 'stop'), '[DONE]'));
    });
    const gateway = await startGateway({ openai: provider.url });
    const words = 2_000_000;
    const body = JSON.stringify({
      model: 'gpt-4.1',
      stream: true,
      messages: [{ role: 'user', content: ' word'.repeat(words) }],
    });
    await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, { body });
    expect(provider.seen[0]?.body.length).toBe(body.length);
    const [row] = await gateway.waitForRecords(1);
    expect(row).toMatchObject({ completion_tokens: 1, cost_basis: 'estimated' });
    expect(Number(row?.prompt_tokens) / words).toBeCloseTo(1, 2);
  }, 20_000);

  it('is a lower bound of what had come when the client left', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(events(...Array.from({ length: 50 }, () => chunk(' word'))));
    });
    const gateway = await startGateway({ openai: provider.url });
    await leaveAfter(gateway, '/openai/v1/chat/completions', chat(), 'word');
    const [row] = await gateway.waitForRecords(1);
    expect(row).toMatchObject({
      model: 'gpt-4.1',
      prompt_tokens: 1007,
      completion_tokens: 50,
      cost_basis: 'estimated',
    });
  });

  it('has the output that came, not the placeholder, when Anthropic’s stream broke off', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const usage = { input_tokens: 1234, output_tokens: 1 };
      response.write(
        events(
          { type: 'message_start', message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage } },
          { type: 'content_block_delta', delta: { type: 'text_delta', text: ' word'.repeat(100) } },
        ),
      );
      setTimeout(() => response.destroy(), 50);
    });
    const gateway = await startGateway({ anthropic: provider.url });
    await ask(gateway.url, `${gateway.base}/anthropic/v1/messages`, { body: '{}' }).catch(() => null);
    const [row] = await gateway.waitForRecords(1);
    expect(row).toMatchObject({ prompt_tokens: 1234, cost_basis: 'estimated' });
    // The low end of what Claude's tokenizer makes of 100 words.
    expect(row?.completion_tokens).toBeGreaterThan(80);
    expect(row?.completion_tokens).toBeLessThan(130);
  });

  it.each([
    [
      'Responses',
      '/openai/v1/responses',
      [
        {
          type: 'response.created',
          response: { id: 'resp_1', object: 'response', model: 'gpt-4.1', status: 'in_progress' },
        },
        ...Array.from({ length: 20 }, () => ({ type: 'response.output_text.delta', delta: ' word' })),
        { type: 'response.output_text.done', text: ' word'.repeat(20) },
      ],
      JSON.stringify({
        model: 'gpt-4.1',
        stream: true,
        input: [{ role: 'user', content: [{ type: 'input_text', text: prompt }] }],
      }),
      1007,
    ],
    [
      'Ollama',
      '/ollama/api/chat',
      null,
      JSON.stringify({
        model: 'gpt-4.1',
        messages: [{ role: 'user', content: prompt, images: ['aGVsbG8='.repeat(500)] }],
      }),
      1007,
    ],
  ])('is estimated in %s too when it breaks off', async (_, path, pieces, body, input) => {
    const ndjson = Array.from({ length: 20 }, () =>
      JSON.stringify({
        model: 'gpt-4.1',
        created_at: '2026-11-22T10:00:00Z',
        message: { role: 'assistant', content: ' word' },
        done: false,
      }),
    );
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': pieces ? 'text/event-stream' : 'application/x-ndjson' });
      response.write(pieces ? events(...pieces) : `${ndjson.join('\n')}\n`);
      setTimeout(() => response.destroy(), 50);
    });
    const gateway = await startGateway({ openai: provider.url, ollama: provider.url });
    await ask(gateway.url, gateway.base + path, { body }).catch(() => null);
    const [row] = await gateway.waitForRecords(1);
    expect(row).toMatchObject({ prompt_tokens: input, completion_tokens: 20 });
    expect(row?.cost_basis).toBe(path.startsWith('/ollama') ? 'unpriced' : 'estimated');
  });

  it.each(['compress', 'gzip'])('counts with its input when the answer can’t be read (%s)', async encoding => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
      response.end('strange bytes');
    });
    const gateway = await startGateway({ openai: provider.url });
    const answer = await ask(gateway.url, `${gateway.base}/openai/v1/responses`, {
      body: JSON.stringify({ model: 'gpt-4.1', input: prompt }),
    });
    expect(answer.text).toBe('strange bytes');
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: null, cost_usd: 0.002 }),
    ]);
  });

  it('is estimated when a whole answer leaves it out', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const message = { role: 'assistant', content: ' word'.repeat(500) };
      response.end(
        JSON.stringify({ id: 'c', object: 'chat.completion', model: 'gpt-4.1', choices: [{ index: 0, message }] }),
      );
    });
    const gateway = await startGateway({ mine: provider.url });
    await ask(gateway.url, `${gateway.base}/mine/v1/chat/completions`, { body: chat({ stream: false }) });
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({
        provider: 'mine',
        prompt_tokens: 1007,
        completion_tokens: 500,
        cost_basis: 'estimated',
      }),
    ]);
  });

  it.each([
    ['/v1/chat/completions', 200, '<html>Sign in to the hotel</html>'],
    ['/v1/chat/completions', 200, '{"error":{"message":"no","code":502}}'],
    ['/v1/chat/completions', 500, JSON.stringify(chunk('Hello'))],
    ['/v1/responses', 200, '{"id":"resp_1","object":"response","status":"queued","model":"gpt-4.1","usage":null}'],
    ['/v1/files', 200, '{"id":"file_1","object":"file"}'],
    ['/v1/audio/transcriptions', 200, '{"text":"hello"}'],
  ])('is not made up where no model answered (%s %i %s)', async (path, status, text) => {
    const provider = await startProvider(response => {
      response.writeHead(status, { 'content-type': text.startsWith('<') ? 'text/html' : 'application/json' });
      response.end(text);
    });
    const gateway = await startGateway({ openai: provider.url });
    await ask(gateway.url, `${gateway.base}/openai${path}`, { body: chat() });
    await sleep(200);
    expect(await gateway.records()).toEqual([]);
    await expect.poll(countHeldBytes).toBe(0);
  });
});
