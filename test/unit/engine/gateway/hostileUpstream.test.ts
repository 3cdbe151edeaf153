import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, bearer, type Started } from '../startEngine.ts';
import { startGateway, startProvider } from './fakeProvider.ts';

const mib = 1024 * 1024;
const headersOf = ({ token }: Started) => ({
  'x-spend-lens-token': token,
  authorization: 'Bearer sk-provider',
  'content-type': 'application/json',
});
const question = JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: 'hi' }] });
const chat = (engine: Started) =>
  ask(engine.url, '/gateway/openai/v1/chat/completions', { headers: headersOf(engine), body: question });
const summary = async ({ url, token }: Started) =>
  (await ask(url, '/v1/summary', { headers: bearer(token) })).json.total;
const sse = { 'content-type': 'text/event-stream' };

/** What an honest call through the same engine adds afterwards. */
async function expectServing(engine: Started): Promise<void> {
  const before = await summary(engine);
  const body = JSON.stringify({ model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 });
  await ask(engine.url, '/v1/usage', { headers: bearer(engine.token), body });
  expect((await summary(engine)).requests).toBe(before.requests + 1);
}

describe('a hostile upstream', () => {
  it('can’t fill the memory with an answer that grows when it is decoded', { timeout: 60_000 }, async () => {
    const bomb = await promisify(gzip)(Buffer.alloc(300 * mib));
    const provider = await startProvider(response => {
      response.writeHead(200, { ...sse, 'content-encoding': 'gzip' }).end(bomb);
    });
    const engine = await startGateway({ openai: provider.url });
    const before = process.memoryUsage.rss();
    const { hostname, port } = new URL(engine.url);
    const options = {
      hostname,
      port,
      path: '/gateway/openai/v1/chat/completions',
      method: 'POST',
      headers: headersOf(engine),
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on('error', reject).end(question);
    });
    // A client that takes nothing for a while, and then all of it.
    await sleep(2_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * mib);
    let received = 0;
    for await (const chunk of answer) {
      received += chunk.length;
    }
    // Ours was the option that makes the gateway look into the stream, so what it sends is decoded.
    expect([answer.headers['content-encoding'], received]).toEqual([undefined, 300 * mib]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * mib);
    await expectServing(engine);
  });

  it('can’t make thousands of calls out of one, nor keep the engine busy with broken events', async () => {
    const events = Array.from({ length: 20_000 }, (_, index) => {
      const usage = { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 };
      return `data: ${JSON.stringify({ id: `c${index}`, object: 'chat.completion.chunk', model: 'gpt-4.1', choices: [{}], usage })}\n\n`;
    }).join('');
    const provider = await startProvider((response, { url }) => {
      response.writeHead(200, sse).end(url.includes('x=broken') ? 'data: {x}\n\n'.repeat(300_000) : events);
    });
    const engine = await startGateway({ openai: provider.url });
    const answer = await chat(engine);
    expect(answer.text.length).toBe(events.length);
    expect(engine.log.filter(line => line.includes('could not be read'))).toHaveLength(1);
    // What was read is given up as a whole: nothing of it is believed, and the call counts with its own input.
    expect(await engine.waitForRecords(1)).toEqual([expect.objectContaining({ cost_basis: 'estimated' })]);
    expect((await summary(engine)).prompt_tokens).toBeLessThan(1_000);

    const since = performance.now();
    const broken = await ask(engine.url, '/gateway/openai/v1/chat/completions?x=broken', {
      headers: { 'x-spend-lens-token': engine.token, 'content-type': 'application/json' },
      body: '{"model":"gpt-4.1","stream":true,"messages":[]}',
    });
    expect(broken.text).toHaveLength(3_300_000);
    expect(performance.now() - since).toBeLessThan(15_000);
    await expectServing(engine);
  });

  it('can’t bring absurd counts into the totals', async () => {
    const counts = [-5, 1e308, 1e13, 0.5, '7', null];
    let next = 0;
    const provider = await startProvider(response => {
      const usage = { prompt_tokens: counts[next % counts.length], completion_tokens: counts[next++ % counts.length] };
      const answer = { id: `c${next}`, object: 'chat.completion', model: 'gpt-4.1', choices: [], usage };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    const engine = await startGateway({ openai: provider.url });
    for (const _ of counts) {
      expect((await chat(engine)).status).toBe(200);
    }
    await expectServing(engine);
    const total = await summary(engine);
    expect(total.prompt_tokens).toBeLessThan(10_000);
    expect(total.cost_usd).toBeLessThan(1);
  });

  it('can’t send the client’s key elsewhere, and huge headers are its own failure', async () => {
    const elsewhere = await startProvider(response => response.end());
    const provider = await startProvider((response, { url }) => {
      if (url.includes('huge')) {
        response.writeHead(200, { 'x-huge': 'a'.repeat(200_000) }).end('{}');
      } else {
        response.writeHead(307, { location: elsewhere.url }).end();
      }
    });
    const engine = await startGateway({ openai: provider.url });
    const answer = await chat(engine);
    // The client decides whether it follows.
    expect([answer.status, answer.headers.location]).toEqual([307, elsewhere.url]);
    expect(elsewhere.seen).toEqual([]);
    const huge = await ask(engine.url, '/gateway/openai/huge', { headers: bearer(engine.token) });
    expect([huge.status, huge.json.error.type]).toEqual([502, 'gateway_error']);
    await expectServing(engine);
  });
});
