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
      model: 'gpt-4.1',
      input_cost_from_cache_usd: 0.0005,
      output_from: 'given',
      output_calls: 0,
      output_tokens_p90: 500,
      // The daily budget is 5 USD.
      budget_share: 0.006 / 5,
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
    // The image has only an address: 1024 × 1024 pixels are 765 tokens.
    expect((await estimate(engine, { messages })).json).toMatchObject({ input_tokens: 772, exact: false });
  });

  it('takes a whole request body, system and tools included, for the model that it names', async () => {
    const engine = await startEngine();
    const request = {
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user', content: 'hello world' }],
      tools: [{ type: 'function', function: { name: 'look' } }],
    };
    const { json } = await estimate(engine, { request, expected_output_tokens: 0 });
    expect(json).toMatchObject({ model: 'gpt-4.1-mini', exact: false });
    expect(json.input_tokens).toBeGreaterThan(15);
    expect((await estimate(engine, { request, model: 'gpt-4.1' })).json.model).toBe('gpt-4.1');
    const anthropic = { model: 'claude-sonnet-5', system: 'Be brief.', messages: [{ role: 'user', content: 'hi' }] };
    expect((await estimate(engine, { request: anthropic })).json.model).toBe('claude-sonnet-5');
    expect((await estimate(engine, { request: { a: 1 } })).json).toMatchObject({ status: 400, field: 'request' });
  });

  it('expects the output that enough past calls of the model had, by task type first', async () => {
    const engine = await startEngine();
    const post = (count: number, output: number, more: object = {}) =>
      ask(engine.url, '/v1/usage', {
        headers: bearer(engine.token),
        body: JSON.stringify(
          Array.from({ length: count }, (_, index) => ({
            model: 'gpt-4.1-2025-04-14',
            prompt_tokens: 100,
            completion_tokens: output + index,
            ...more,
          })),
        ),
      });
    await post(9, 700);
    expect((await estimate(engine, { model: 'gpt-4.1', text: 'x' })).json).toMatchObject({
      output_tokens: 500,
      output_from: 'setting',
    });
    await post(11, 700);
    const { json } = await estimate(engine, { model: 'gpt-4.1', text: 'x' });
    expect(json).toMatchObject({
      output_from: 'history',
      output_calls: 20,
      output_tokens: 704,
      output_tokens_p90: 708,
    });
    // Still exact, so no range.
    expect(json.low_usd).toBe(json.total_cost_usd);
    await post(10, 2000, { task_type: 'refactor' });
    expect((await estimate(engine, { model: 'gpt-4.1', text: 'x', task_type: 'refactor' })).json).toMatchObject({
      output_tokens: 2004,
      output_calls: 10,
    });
    expect((await estimate(engine, { model: 'gpt-4.1', text: 'x', task_type: 'new' })).json.output_calls).toBe(30);
    expect((await estimate(engine, { model: 'gpt-4.1', text: 'x', expected_output_tokens: 7 })).json).toMatchObject({
      output_tokens: 7,
      output_from: 'given',
    });
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
