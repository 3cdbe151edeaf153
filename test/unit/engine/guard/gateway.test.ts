import { request } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { listen, startProvider } from '../gateway/fakeProvider.ts';
import { ask, bearer } from '../startEngine.ts';
import { startGuarded } from './startGuarded.ts';

const enforced = { budget: { daily: 1, enforce: 'gateway' } };
const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hi' }] });
/** 100,000 × 2 USD per million. */
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100_000, completion_tokens: 0, total_tokens: 100_000 },
};
const answering = () =>
  startProvider(response =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion)),
  );
const chat = '/openai/v1/chat/completions';
const headers = { 'content-type': 'application/json' };

describe('a spent budget that the gateway enforces', () => {
  it('gives a readable error in both SDKs, at once and without asking the provider', async () => {
    const provider = await answering();
    const engine = await startGuarded(provider.url, enforced);
    await engine.spend(1);
    const openai = new OpenAI({ apiKey: 'sk', baseURL: `${engine.url}${engine.base}/openai/v1` });
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    for (const stream of [false, true]) {
      const error = await openai.chat.completions
        .create({ model: 'gpt-4.1', messages, stream })
        .catch(problem => problem);
      expect(error).toBeInstanceOf(OpenAI.APIError);
      expect(error).toMatchObject({ status: 402, code: 'budget_exceeded', type: 'insufficient_quota' });
      expect(error.message).toMatch(
        /^402 Spend Lens: Spent is the budget "daily" of \$1\.00 a day: \$1\.00 so far\. To go on, choose “Allow for an Hour” or “Raise Budget”: run “Spend Lens: Edit Budgets…” in VS Code, .+, or wait until 20\d\d-\d\d-\d\d 00:00 \(UTC\)\.$/,
      );
    }
    const responses = await openai.responses.create({ model: 'gpt-4.1', input: 'Hi' }).catch(problem => problem);
    expect(responses).toMatchObject({ status: 402, code: 'budget_exceeded' });

    const anthropic = new Anthropic({ apiKey: 'sk', baseURL: `${engine.url}${engine.base}/anthropic` });
    for (const stream of [false, true]) {
      const error = await anthropic.messages
        .create({ model: 'claude-sonnet-4-5', max_tokens: 10, messages, stream })
        .catch(problem => problem);
      expect(error).toBeInstanceOf(Anthropic.APIError);
      expect(error.status).toBe(402);
      expect(error.error).toMatchObject({ type: 'error', error: { type: 'billing_error' } });
      expect(error.message).toContain('the budget \\"daily\\" of $1.00 a day');
    }
    expect(provider.seen).toEqual([]);
  });

  it('refuses calls of a model, and no others', async () => {
    const provider = await answering();
    const engine = await startGuarded(provider.url, enforced);
    await engine.spend(1);
    const status = async (path: string, method = 'POST') =>
      (await ask(engine.url, `${engine.base}${path}`, { method, headers, ...(method === 'POST' ? { body } : {}) }))
        .status;
    expect(await status(chat)).toBe(402);
    expect(await status('/openai/v1/embeddings')).toBe(402);
    expect(await status('/anthropic/v1/messages/count_tokens')).toBe(200);
    expect(await status('/openai/v1/models', 'GET')).toBe(200);
  });

  it('refuses only what it counts', async () => {
    const provider = await answering();
    const engine = await startGuarded(provider.url, {
      budget: { daily: 0 },
      budgets: [{ name: 'dear', limitUsd: 0.5, match: { model: 'gpt-4.1*', agent: 'codex' }, enforce: 'gateway' }],
    });
    await engine.spend(0.5, { model: 'gpt-4.1', agent: 'codex' });
    const call = async (model: string, agent: string) =>
      (
        await ask(engine.url, `${engine.base}${chat}`, {
          headers: { ...headers, 'x-spend-lens-agent': agent },
          body: JSON.stringify({ messages: [], model }),
        })
      ).status;
    expect(await call('gpt-4.1', 'codex')).toBe(402);
    expect(await call('gpt-4.1-mini', 'Codex')).toBe(402);
    expect(await call('gpt-4o', 'codex')).toBe(200);
    expect(await call('gpt-4.1', 'roo')).toBe(200);
  });

  it('of a session refuses that session', async () => {
    const provider = await answering();
    const engine = await startGuarded(provider.url, {
      budgets: [{ name: 'task', limitUsd: 0.2, period: 'session', enforce: 'gateway' }],
    });
    const call = async (session: string) =>
      (
        await ask(engine.url, `${engine.base}${chat}`, {
          headers: { ...headers, 'x-spend-lens-session': session },
          body,
        })
      ).status;
    expect([await call('one'), await call('one'), await call('two'), await call('two')]).toEqual([200, 402, 200, 402]);
  });

  it('lets calls pass while it is not spent, or does not enforce, and says so when asked', async () => {
    const provider = await answering();
    const engine = await startGuarded(provider.url, { budget: { daily: 0.5, enforce: 'off' } });
    for (let n = 0; n < 3; n++) {
      expect((await ask(engine.url, `${engine.base}${chat}`, { headers, body })).status).toBe(200);
    }
    await expect
      .poll(() => engine.check())
      .toMatchObject({ decision: 'warn', budget: 'daily', spent_usd: 0.6, remaining_usd: 0 });
    await engine.change(enforced);
    expect((await ask(engine.url, `${engine.base}${chat}`, { headers, body })).status).toBe(200);
    expect(await engine.check()).toMatchObject({ decision: 'allow', spent_usd: 0.8, limit_usd: 1 });
  });
});

describe('calls under way', () => {
  /** A provider that answers when told to. */
  async function startSlow() {
    const waiting: ((body: unknown) => void)[] = [];
    const url = await listen((incoming, response) => {
      incoming.resume();
      incoming.on('end', () => {
        waiting.push(answer =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
        );
      });
    });
    const until = async (count: number) => {
      for (let tries = 0; tries < 200 && waiting.length < count; tries++) {
        await new Promise(resolve => setTimeout(resolve, 10));
      }
    };
    return { url, waiting, until };
  }

  it('can’t both have the last cent', async () => {
    const slow = await startSlow();
    const engine = await startGuarded(slow.url, enforced);
    await engine.spend(0.999);
    // Half a token's dollar is not left: 500 output tokens of gpt-4.1 alone are $0.004.
    const calls = Array.from({ length: 8 }, () => ask(engine.url, `${engine.base}${chat}`, { headers, body }));
    await slow.until(1);
    const refused = await Promise.all(
      calls.map(call => Promise.race([call, new Promise(resolve => setTimeout(resolve, 400))])),
    );
    expect(refused.filter(answer => (answer as { status: number } | undefined)?.status === 402)).toHaveLength(7);
    expect(slow.waiting).toHaveLength(1);
    expect(await engine.check()).toMatchObject({ decision: 'deny', spent_usd: 0.999, remaining_usd: 0 });
    expect((await engine.check()).reserved_usd).toBeCloseTo(0.004, 3);
    slow.waiting[0]?.({ ...completion, usage: { prompt_tokens: 0, completion_tokens: 10, total_tokens: 10 } });
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(402)]);
    // Recorded and released: 10 output tokens are $0.00008.
    await expect.poll(() => engine.check()).toMatchObject({ decision: 'allow', spent_usd: 0.99908, reserved_usd: 0 });
  });

  it('reserve by bytes of the body and the median output of their model', async () => {
    const slow = await startSlow();
    const engine = await startGuarded(slow.url, { budget: { daily: 100, enforce: 'gateway' } });
    for (const output_tokens of [10, 1000, 100_000]) {
      await engine.spend(0.01, { model: 'gpt-4.1', output_tokens });
    }
    const long = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'x'.repeat(4_000_000) }] });
    const call = ask(engine.url, `${engine.base}${chat}`, { headers, body: long });
    await slow.until(1);
    const { reserved_usd } = await engine.check();
    // 1M tokens at $2 and 1,000 at $8 per million.
    expect(reserved_usd).toBeGreaterThan(2.008);
    expect(reserved_usd).toBeLessThan(2.0082);
    slow.waiting[0]?.(completion);
    await call;
    await expect.poll(async () => (await engine.check()).reserved_usd).toBe(0);
  });

  it('are released when they fail, when the provider is down, and when the client leaves', async () => {
    const failing = await startProvider(response => response.writeHead(500).end('{}'));
    const engine = await startGuarded(failing.url, enforced);
    expect((await ask(engine.url, `${engine.base}${chat}`, { headers, body })).status).toBe(500);
    await expect.poll(async () => (await engine.check()).reserved_usd).toBe(0);

    const down = await startGuarded('http://127.0.0.1:9', enforced);
    expect((await ask(down.url, `${down.base}${chat}`, { headers, body })).status).toBe(502);
    await expect.poll(async () => (await down.check()).reserved_usd).toBe(0);

    const slow = await startSlow();
    const left = await startGuarded(slow.url, enforced);
    const { hostname, port } = new URL(left.url);
    const sent = request({ hostname, port, path: `${left.base}${chat}`, method: 'POST', headers });
    sent.on('error', () => {});
    sent.end(body);
    await slow.until(1);
    expect((await left.check()).reserved_usd).toBeGreaterThan(0);
    sent.destroy();
    await expect.poll(async () => (await left.check()).reserved_usd).toBe(0);
  });

  it('go on to their end when the budget is spent meanwhile', async () => {
    let send: (text: string) => void = () => {};
    let end: () => void = () => {};
    const url = await listen((incoming, response) => {
      incoming.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
      send = text => response.write(text);
      end = () => response.end('data: [DONE]\n\n');
    });
    const engine = await startGuarded(url, enforced);
    const call = ask(engine.url, `${engine.base}${chat}`, {
      headers,
      body: JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [] }),
    });
    await expect.poll(async () => (await engine.check()).reserved_usd).toBeGreaterThan(0);
    await engine.spend(5);
    expect((await engine.check()).decision).toBe('deny');
    send('data: {"id":"c","choices":[{"index":0,"delta":{"content":"b"}}]}\n\n');
    await new Promise(resolve => setTimeout(resolve, 200));
    end();
    const answer = await call;
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"content":"b"');
    expect(answer.text).toContain('[DONE]');
    expect((await ask(engine.url, `${engine.base}${chat}`, { headers, body })).status).toBe(402);
    // A body that is still on its way is let in to its end, then refused.
    expect((await ask(engine.url, '/v1/check', { headers: bearer(engine.token), body: '{}' })).json.decision).toBe(
      'deny',
    );
  });
});
