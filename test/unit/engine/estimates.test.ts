import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/api/client.ts';
import type { EstimateToKeep } from '../../../src/api/estimateContract.ts';
import { hashText } from '../../../src/estimator/textHash.ts';
import { startFakeProvider } from './estimateProvider.ts';
import { ask, bearer, makeFolder, type Started, startEngine } from './startEngine.ts';

const kept: EstimateToKeep = {
  text_hash: null,
  model: 'gpt-4.1',
  file_type: '.prompt.md',
  input_tokens: 1000,
  input_low_tokens: 1000,
  input_high_tokens: 1000,
  base_tokens: 1000,
  exact: true,
  output_tokens: 500,
  cost_usd: 0.006,
  low_usd: 0.005,
  high_usd: 0.007,
};
const post = ({ url, token }: Started, records: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(records) });

describe('GET /v1/estimates', () => {
  it('is empty at first, counts what was kept, and forgets it', async () => {
    const engine = await startEngine();
    const client = createClient(engine);
    const none = {
      estimates: 0,
      matched: 0,
      input_error: null,
      input_error_p90: null,
      cost_error: null,
      cost_error_p90: null,
      within_range: null,
    };
    expect(await client.estimates()).toEqual({ total: none, groups: [], learned: [] });
    await client.keepEstimate(kept);
    await client.keepEstimate({
      ...kept,
      file_type: 'selection',
      model: 'nobody',
      cost_usd: null,
      low_usd: null,
      high_usd: null,
    });
    expect((await client.estimates()).groups.map(({ model, file_type }) => [model, file_type])).toEqual([
      ['gpt-4.1', '.prompt.md'],
      ['nobody', 'selection'],
    ]);
    await client.forgetEstimates();
    expect((await client.estimates()).total.estimates).toBe(0);
  });

  it('keeps what POST /v1/estimate was asked, but for tokens that somebody else has counted', async () => {
    const engine = await startEngine();
    const client = createClient(engine);
    const estimate = (body: object) =>
      ask(engine.url, '/v1/estimate', { headers: bearer(engine.token), body: JSON.stringify(body) });
    await estimate({ model: 'gpt-4.1', text: 'hello world', expected_output_tokens: 500 });
    await estimate({ model: 'gpt-4.1', input_tokens: 5 });
    const groups = async () => (await client.estimates()).groups;
    await expect.poll(groups).toMatchObject([{ model: 'gpt-4.1', file_type: 'api', estimates: 1 }]);
    await post(engine, { model: 'gpt-4.1', prompt_tokens: 2, completion_tokens: 500, timestamp: Date.now() + 5 });
    expect(await groups()).toMatchObject([{ matched: 1, input_error: 0, cost_error: 0, within_range: 1 }]);
  });

  it('holds an estimate against the next call of its model, once', async () => {
    const storage = await makeFolder();
    const engine = await startEngine({ storage });
    const client = createClient(engine);
    await client.keepEstimate(kept);
    await post(engine, { model: 'gpt-5', prompt_tokens: 1, completion_tokens: 1 });
    // A call of the past is not the one.
    await post(engine, { model: 'gpt-4.1', prompt_tokens: 1, completion_tokens: 1, timestamp: Date.now() - 600_000 });
    expect((await client.estimates()).total.matched).toBe(0);
    const call = {
      model: 'gpt-4.1-2025-04-14',
      prompt_tokens: 1200,
      completion_tokens: 500,
      timestamp: Date.now() + 5,
    };
    await post(engine, [call, { ...call, prompt_tokens: 5000 }]);
    expect((await client.estimates()).groups).toEqual(
      [
        {
          model: 'gpt-4.1',
          file_type: '.prompt.md',
          estimates: 1,
          matched: 1,
          input_error: 0.2,
          input_error_p90: 0.2,
          cost_error: (0.0064 - 0.006) / 0.006,
          cost_error_p90: (0.0064 - 0.006) / 0.006,
          within_range: 1,
        },
      ].map(group => ({
        ...group,
        cost_error: expect.closeTo(group.cost_error),
        cost_error_p90: expect.closeTo(group.cost_error_p90),
      })),
    );
  });

  it('tells sessions apart', async () => {
    const engine = await startEngine();
    const client = createClient(engine);
    await client.keepEstimate({ ...kept, session_id: 's1' });
    const call = { model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500, timestamp: Date.now() + 5 };
    await post(engine, { ...call, session_id: 's2' });
    expect((await client.estimates()).total.matched).toBe(0);
    await post(engine, { ...call, session_id: 's1' });
    expect((await client.estimates()).total.matched).toBe(1);
  });

  it('finds the text again that the gateway passes on, and learns from ten of them', async () => {
    const { settings, close } = await startFakeProvider(3000);
    const engine = await startEngine({ settings });
    const client = createClient(engine);
    const send = (content: string, system?: string) =>
      ask(engine.url, `/t/${engine.token}/gateway/anthropic/v1/messages`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'claude-sonnet-4-5',
          max_tokens: 9,
          ...(system && { system }),
          messages: [{ role: 'user', content }],
        }),
      });
    const claude = { ...kept, model: 'claude-sonnet-4-5', exact: false, input_tokens: 2400, base_tokens: 2400 };
    await client.keepEstimate({ ...claude, text_hash: hashText('prompt 0') });
    // Another text is another prompt, although it is the next call of the model.
    await send('something else');
    expect((await client.estimates()).total.matched).toBe(0);
    await send('prompt 0\n', 'with a system prompt');
    const matched = async () => (await client.estimates()).total.matched;
    await expect.poll(matched, { timeout: 10_000 }).toBe(1);
    expect((await client.estimates()).total.input_error).toBe(0.25);
    for (let index = 1; index <= 10; index += 1) {
      expect((await client.estimates()).learned).toEqual([]);
      await client.keepEstimate({ ...claude, text_hash: hashText(`prompt ${index}`) });
      await send(`  prompt ${index}`);
      await expect.poll(matched, { timeout: 10_000 }).toBe(index + 1);
    }
    const { learned, total } = await client.estimates();
    expect(total.matched).toBe(11);
    // The one with a system prompt beside it teaches nothing about the tokenizer.
    expect(learned).toEqual([{ family: 'claude', ratio: 1.25, spread: 0.03, observations: 10 }]);
    const question = { model: 'claude-sonnet-4-5', text: 'word '.repeat(1000) };
    const estimate = async () =>
      (await ask(engine.url, '/v1/estimate', { headers: bearer(engine.token), body: JSON.stringify(question) })).json
        .input_tokens;
    const withFactor = await estimate();
    await client.forgetEstimates();
    expect(withFactor / (await estimate())).toBeCloseTo(1.25, 2);
    await close();
  });

  it.each([
    ['', 'body'],
    ['{}', 'model'],
    ['{"model":"x"}', 'input_tokens'],
    ['{"model":"x","input_tokens":1,"text_hash":"words"}', 'text_hash'],
    ['{"model":"x","input_tokens":1,"cost_usd":-1}', 'cost_usd'],
  ])('%s is 400 and names %s', async (body, field) => {
    const { url, token } = await startEngine();
    const { json } = await ask(url, '/v1/estimates', { method: 'POST', headers: bearer(token), body });
    expect(json).toMatchObject({ status: 400, field });
  });
});

describe('GET /v1/history', () => {
  it('tells what similar sessions took, from the third on', async () => {
    const engine = await startEngine();
    const client = createClient(engine);
    const session = (name: string, turns: number) =>
      Array.from({ length: turns }, (_, turn) => ({
        model: 'gpt-4.1',
        agent: 'codex',
        session_id: name,
        prompt_tokens: 10_000 + turn * 1000,
        cache_read_tokens: turn * 1000,
        completion_tokens: 200,
        timestamp: Date.now() - 1_000_000 + turn * 1000,
      }));
    await post(engine, [...session('a', 2), ...session('b', 4), ...session('lonely', 1)]);
    expect((await client.history({ agent: 'codex' })).tasks).toBeNull();
    await post(engine, session('c', 10));
    expect((await client.history({ agent: 'codex' })).tasks).toMatchObject({
      sessions: 3,
      turns: { p10: 2, p50: 4, p90: 10 },
      first_prompt_tokens: { p10: 10_000, p50: 10_000, p90: 10_000 },
      growth_tokens: { p50: 1000 },
      output_tokens: { p50: 200 },
    });
    const { tasks, matched_by, calls } = await client.history({ model: 'openai/gpt-4.1' });
    expect([tasks?.sessions, matched_by, calls]).toEqual([3, ['model'], 17]);
    expect(tasks?.cost_usd?.p90).toBeCloseTo(10 * (10_000 * 2e-6 + 200 * 8e-6) + 45_000 * 0.5e-6, 6);
    expect((await client.history({ agent: 'cline' })).tasks).toBeNull();
    const twice = await ask(engine.url, '/v1/history?model=a&model=b', { headers: bearer(engine.token) });
    expect(twice.json).toMatchObject({ status: 400, field: 'model' });
  });
});
