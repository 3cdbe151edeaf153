import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { ask, bearer } from '../startEngine.ts';
import { type GatewayTest, startGateway } from './fakeProvider.ts';
import { type RealisticProvider, sample, startRealisticProvider } from './realisticProvider.ts';

interface Sdks {
  readonly gateway: GatewayTest;
  readonly provider: RealisticProvider;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** Sums of all calls, once there are so many. */
  sums(requests: number): Promise<unknown>;
}

async function start(): Promise<Sdks> {
  const provider = await startRealisticProvider();
  const gateway = await startGateway({ openai: provider.url, anthropic: provider.url });
  return {
    provider,
    gateway,
    openai: new OpenAI({ baseURL: `${gateway.url}${gateway.base}/openai/v1`, apiKey: 'sk-planted', maxRetries: 2 }),
    anthropic: new Anthropic({
      baseURL: `${gateway.url}${gateway.base}/anthropic`,
      apiKey: 'sk-planted',
      maxRetries: 2,
    }),
    sums: async requests => {
      await gateway.waitForRecords(requests);
      // The calls of the samples were made on one day.
      const path = '/v1/summary?from=2026-01-01&to=2027-01-01';
      return (await ask(gateway.url, path, { headers: bearer(gateway.token) })).json.total;
    },
  };
}

const messages = [{ role: 'user' as const, content: 'Hello' }];
const weather = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

describe('the openai package', () => {
  it('gets a chat completion', async () => {
    const { openai, provider, sums } = await start();
    const answer = await openai.chat.completions.create({ model: 'gpt-5.6-sol', messages });
    expect(answer).toMatchObject(JSON.parse(sample('openai-chat.json')));
    expect(provider.seen[0]?.headers.authorization).toBe('Bearer sk-planted');
    expect(await sums(1)).toMatchObject({
      requests: 1,
      prompt_tokens: 5000,
      completion_tokens: 640,
      cache_read_tokens: 4096,
      cache_write_tokens: 256,
      reasoning_tokens: 512,
    });
  });

  it.each([
    ['that did not ask for usage, which it does not get', undefined, 3],
    ['that asked for usage', { include_usage: true }, 4],
  ])('gets a chat stream %s', async (_, stream_options, expected) => {
    const { openai, sums } = await start();
    const stream = await openai.chat.completions.create({
      model: 'gpt-5.4',
      messages,
      stream: true,
      ...(stream_options && { stream_options }),
    });
    const chunks = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('hi');
    expect(chunks).toHaveLength(expected);
    expect(chunks.filter(({ usage }) => usage)).toHaveLength(expected - 3);
    expect(await sums(1)).toMatchObject({ prompt_tokens: 900, completion_tokens: 30, cache_read_tokens: 768 });
  });

  it('gets the calls of tools', async () => {
    const { openai, sums } = await start();
    const runner = openai.chat.completions.stream({
      model: 'gpt-5.4',
      messages,
      tools: [{ type: 'function', function: weather }],
    });
    const [call] = (await runner.finalMessage()).tool_calls ?? [];
    expect(call).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Köln"}' } });
    expect(await sums(1)).toMatchObject({ prompt_tokens: 77, completion_tokens: 21 });
  });

  it('gets a response, whole and streamed', async () => {
    const { openai, sums } = await start();
    const whole = await openai.responses.create({ model: 'gpt-5.6-sol', input: 'Hello' });
    expect(whole.output_text).toBe('x');
    const types = [];
    for await (const event of await openai.responses.create({ model: 'gpt-5.5', input: 'Hello', stream: true })) {
      types.push(event.type);
    }
    expect(types.at(-1)).toBe('response.completed');
    expect(await sums(2)).toMatchObject({
      requests: 2,
      prompt_tokens: 12_000 + 2000,
      completion_tokens: 800 + 150,
      cache_read_tokens: 9000 + 1536,
      reasoning_tokens: 600 + 64,
    });
  });

  it('tries again by itself, and gets errors as the provider words them', async () => {
    const { openai, provider, gateway, sums } = await start();
    await openai.chat.completions.create({ model: 'busy', messages });
    expect(provider.seen).toHaveLength(3);
    expect(provider.seen.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1', '2']);
    const error = await openai.chat.completions.create({ model: 'bad', messages }).catch(problem => problem);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', message: '400 refused with 400' });
    expect(await sums(1)).toMatchObject({ requests: 1, prompt_tokens: 5000 });
    const nobody = new OpenAI({ baseURL: `${gateway.url}${gateway.base}/nobody/v1`, apiKey: 'k', maxRetries: 0 });
    await expect(nobody.models.list()).rejects.toThrow(/404 Spend Lens knows no upstream of this name/);
  });

  it('leaves in the middle of a stream, which the provider sees at once', async () => {
    const { openai, provider, gateway } = await start();
    const stream = await openai.chat.completions.create({ model: 'endless', messages, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content === 'hi') {
        break;
      }
    }
    await expect.poll(() => provider.left).toEqual(['/v1/chat/completions']);
    expect(await gateway.waitForRecords(1)).toEqual([
      // "Hello" in a message, and "hi".
      expect.objectContaining({ model: 'gpt-5.4', prompt_tokens: 8, completion_tokens: 1, cost_basis: 'estimated' }),
    ]);
  });

  it('says what is wrong when the provider is down', async () => {
    const gateway = await startGateway({ openai: 'http://127.0.0.1:1' });
    const openai = new OpenAI({ baseURL: `${gateway.url}${gateway.base}/openai/v1`, apiKey: 'k', maxRetries: 0 });
    await expect(openai.chat.completions.create({ model: 'gpt-5.4', messages })).rejects.toMatchObject({
      status: 502,
      message: "502 Spend Lens can't reach openai at http://127.0.0.1:1: ECONNREFUSED.",
    });
  });
});

describe('the @anthropic-ai/sdk package', () => {
  const question = { model: 'claude-sonnet-4-5', max_tokens: 100, messages };

  it('gets a message', async () => {
    const { anthropic, provider, sums } = await start();
    const message = await anthropic.messages.create(question);
    expect(message.content).toEqual([{ type: 'text', text: 'invented' }]);
    expect(provider.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer sk-planted',
      'anthropic-version': expect.any(String),
    });
    expect(await sums(1)).toMatchObject({
      prompt_tokens: 48_120,
      completion_tokens: 850,
      cache_read_tokens: 45_000,
      cache_write_tokens: 3000,
      reasoning_tokens: 300,
    });
  });

  it('gets a stream, and what tools are called with', async () => {
    const { anthropic, sums } = await start();
    const tools = [{ name: weather.name, input_schema: { type: 'object' as const } }];
    const message = await anthropic.messages.stream({ ...question, tools }).finalMessage();
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'invented' }], stop_reason: 'tool_use' });
    expect(await sums(1)).toMatchObject({
      prompt_tokens: 21_509,
      completion_tokens: 412,
      cache_read_tokens: 20_000,
      cache_write_tokens: 1500,
      reasoning_tokens: 128,
    });
  });

  it('tries again by itself, and gets errors as the provider words them', async () => {
    const { anthropic, provider, sums } = await start();
    await anthropic.messages.create({ ...question, model: 'busy' });
    expect(provider.seen).toHaveLength(3);
    const error = await anthropic.messages.create({ ...question, model: 'bad' }).catch(problem => problem);
    expect(error).toBeInstanceOf(Anthropic.BadRequestError);
    expect(error.error).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
    expect(error.requestID).toMatch(/^req_/);
    expect(await sums(1)).toMatchObject({ requests: 1, completion_tokens: 850 });
  });

  it('leaves in the middle of a stream, which the provider sees at once', async () => {
    const { anthropic, provider, gateway } = await start();
    const stream = anthropic.messages.stream({ ...question, model: 'endless' });
    stream.on('text', () => stream.abort());
    await stream.done().catch(() => null);
    await expect.poll(() => provider.left).toEqual(['/v1/messages']);
    expect(await gateway.waitForRecords(1)).toEqual([
      // The input is the provider's, the output what it says in the beginning.
      expect.objectContaining({ prompt_tokens: 21_509, completion_tokens: 2, cost_basis: 'estimated' }),
    ]);
  });

  it('says what is wrong when the provider is down', async () => {
    const gateway = await startGateway({ anthropic: 'http://127.0.0.1:1' });
    const anthropic = new Anthropic({ baseURL: `${gateway.url}${gateway.base}/anthropic`, apiKey: 'k', maxRetries: 0 });
    const error = await anthropic.messages.create(question).catch(problem => problem);
    expect(error).toMatchObject({ status: 502 });
    expect(error.error.error.message).toBe("Spend Lens can't reach anthropic at http://127.0.0.1:1: ECONNREFUSED.");
  });
});

describe.skipIf(spawnSync('curl', ['--version']).status !== 0)('curl', () => {
  const run = promisify(execFile);
  const curl = async (...args: string[]) => (await run('curl', ['-sS', '--max-time', '20', ...args])).stdout;

  it.each([
    ['whole', '/openai/v1/chat/completions', '{"model":"gpt-5.4"}', 'openai-chat.json', 5000, 640],
    ['whole', '/anthropic/v1/messages', '{"model":"m"}', 'anthropic-messages.json', 48_120, 850],
    ['streamed', '/anthropic/v1/messages', '{"model":"m","stream":true}', 'anthropic-messages-stream.sse', 21_509, 412],
    ['streamed', '/openai/v1/responses', '{"model":"m","stream":true}', 'openai-responses-stream.sse', 2000, 150],
  ])('gets what the provider sends, %s from %s', async (_, path, body, file, prompt, completion) => {
    const { gateway, sums } = await start();
    const given = await curl(
      `${gateway.url}${gateway.base}${path}`,
      '-N',
      '-H',
      'content-type: application/json',
      '-d',
      body,
    );
    expect(given.trim()).toBe(sample(file).trim());
    expect(await sums(1)).toMatchObject({ prompt_tokens: prompt, completion_tokens: completion });
  });

  it('may show the token in headers, and asks for compressed answers', async () => {
    const { gateway, sums } = await start();
    const url = `${gateway.url}/gateway/openai/v1/chat/completions`;
    const body = ['--compressed', '-d', '{"model":"gpt-5.4"}'];
    const first = await curl(
      url,
      ...body,
      '-H',
      `x-spend-lens-token: ${gateway.token}`,
      '-H',
      'authorization: Bearer sk',
    );
    const second = await curl(url, ...body, '-H', `authorization: Bearer ${gateway.token}`);
    expect([first, second]).toEqual([sample('openai-chat.json'), sample('openai-chat.json')]);
    expect(await sums(2)).toMatchObject({ requests: 2, prompt_tokens: 10_000 });
  });
});
