import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ask, bearer, makeFolder, type Started, startEngine } from './startEngine.ts';

const estimate = async ({ url, token }: Started, body: unknown) =>
  ask(url, '/v1/estimate', { headers: bearer(token), body: typeof body === 'string' ? body : JSON.stringify(body) });

describe('POST /v1/estimate', () => {
  it('counts text, messages, or takes the count', async () => {
    const engine = await startEngine();
    expect(
      (await estimate(engine, { model: 'gpt-4.1', input_tokens: 1000, expected_output_tokens: 500 })).json,
    ).toEqual({
      input_tokens: 1000,
      exact: true,
      output_tokens: 500,
      input_cost_usd: 0.002,
      output_cost_usd: 0.004,
      total_cost_usd: 0.006,
      low_usd: 0.006,
      high_usd: 0.006,
      context_share: 0.001,
    });
    // js-tiktoken: "hello world" is 2 tokens; 4 per message and 3 per conversation come on top.
    expect((await estimate(engine, { text: 'hello world' })).json).toMatchObject({ input_tokens: 2, exact: true });
    const messages = [
      { role: 'system', content: 'hello world' },
      { role: 'user', content: [{ type: 'text', text: 'hello world' }] },
    ];
    expect((await estimate(engine, { model: 'gpt-4.1', messages })).json).toMatchObject({
      input_tokens: 15,
      exact: true,
    });
    expect((await estimate(engine, { text: '' })).json).toMatchObject({ input_tokens: 0, output_tokens: 500 });
    // Text is text, also when it looks like front matter, messages or a special token.
    const text = JSON.stringify(messages.slice(0, 1));
    expect((await estimate(engine, { text })).json.input_tokens).toBe(12);
    expect((await estimate(engine, { text: '<|endoftext|>' })).json.input_tokens).toBe(7);
  });

  it('takes model and expected output from the settings, and prices from the overrides', async () => {
    const settings = join(await makeFolder(), 'settings.json');
    await writeFile(
      settings,
      '{"estimate":{"model":"my-own","expectedOutputTokens":10},"prices":{"my-*":{"input":1,"output":2}}}',
    );
    const engine = await startEngine({ settings });
    expect((await estimate(engine, { input_tokens: 100, model: null, text: null })).json).toMatchObject({
      output_tokens: 10,
      total_cost_usd: 0.00012,
      context_share: null,
    });
  });

  it('gives a range without a public tokenizer, and no cost without a price', async () => {
    const engine = await startEngine();
    const { json } = await estimate(engine, { model: 'claude-sonnet-4-20250514', text: 'word '.repeat(1000) });
    expect(json.exact).toBe(false);
    expect(json.low_usd).toBeLessThan(json.total_cost_usd);
    expect(json.high_usd).toBeGreaterThan(json.total_cost_usd);
    expect((await estimate(engine, { model: 'nobody-knows-it', text: 'x' })).json).toMatchObject({
      input_cost_usd: null,
      output_cost_usd: null,
      total_cost_usd: null,
      low_usd: null,
      high_usd: null,
      context_share: null,
    });
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }];
    expect((await estimate(engine, { messages })).json).toMatchObject({ input_tokens: 7, exact: false });
  });

  it.each([
    ['', 'body'],
    ['[]', 'body'],
    ['{}', 'text'],
    ['{"model":5,"text":"x"}', 'model'],
    ['{"text":5}', 'text'],
    ['{"text":"x","input_tokens":1}', 'input_tokens'],
    ['{"messages":[],"text":"x"}', 'text'],
    ['{"messages":[]}', 'messages'],
    ['{"messages":"x"}', 'messages'],
    ['{"messages":[{"content":"x"}]}', 'messages'],
    ['{"messages":[{"role":"user","content":5}]}', 'messages'],
    ['{"input_tokens":-1}', 'input_tokens'],
    ['{"input_tokens":1.5}', 'input_tokens'],
    ['{"input_tokens":1,"expected_output_tokens":"many"}', 'expected_output_tokens'],
  ])('%s is 400 and names %s', async (body, field) => {
    const engine = await startEngine();
    const { json, text } = await estimate(engine, body);
    expect(json, text).toMatchObject({ status: 400, field, detail: expect.stringMatching(/\.$/) });
  });

  it('needs a token, and outlives those who do not wait', async () => {
    const engine = await startEngine();
    expect((await ask(engine.url, '/v1/estimate', { body: '{"text":"x"}' })).status).toBe(401);
    const leaving = new AbortController();
    const left = fetch(`${engine.url}/t/${engine.token}/v1/estimate`, {
      method: 'POST',
      body: JSON.stringify({ text: 'word '.repeat(500_000) }),
      signal: leaving.signal,
    }).catch(() => 'left');
    setTimeout(() => leaving.abort(), 50);
    expect(await left).toBe('left');
    expect((await estimate(engine, { text: 'hello world' })).json.input_tokens).toBe(2);
    expect(engine.log.filter(line => line.startsWith('error'))).toEqual([]);
  });
});
