import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatUsageAnswer } from '../../../src/engine/answers/usageAnswer.ts';
import { StorageError } from '../../../src/ledger/disk/files.ts';
import { ask, bearer, makeFolder, type Started, sixMills, startEngine } from './startEngine.ts';

const post = async ({ url, token }: Started, body: unknown, headers = {}) =>
  ask(url, '/v1/usage', {
    headers: { ...bearer(token), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('POST /v1/usage', () => {
  it('answers each input in its place', async () => {
    const engine = await startEngine();
    const { status, json } = await post(engine, [
      { ...sixMills, request_id: 'a' },
      { model: 'gpt-4.1', input_tokens: -1, output_tokens: 0 },
      { ...sixMills, request_id: 'a' },
      { model: 'nobody-knows-it', input_tokens: 1, output_tokens: 1 },
    ]);
    expect(status).toBe(200);
    expect(json).toMatchObject({ accepted: 2, duplicates: 1, rejected: [{ index: 1, field: 'input_tokens' }] });
    expect(json.records).toEqual([
      { id: expect.any(String), cost_usd: 0.006, cost_basis: 'priced' },
      null,
      { id: json.records[0].id, cost_usd: 0.006, cost_basis: 'priced' },
      { id: expect.any(String), cost_usd: null, cost_basis: 'unpriced' },
    ]);
    expect(json.budget).toEqual({ spent_usd: 0.006, limit_usd: 5, remaining_usd: 4.994, state: 'ok' });
  });

  it('is 200 for what could be parsed, and 400 for what could not', async () => {
    const engine = await startEngine();
    expect(await post(engine, '{"model":"gpt-4.1"}')).toMatchObject({ status: 200, json: { accepted: 0 } });
    for (const body of ['', ' \n', '[]', 'hello', '"text"', '{"model":']) {
      const answer = await post(engine, body);
      expect(answer.json, body).toMatchObject({ status: 400, title: 'Bad Request', field: 'body' });
      expect(answer.headers['content-type']).toBe('application/problem+json');
    }
  });

  it('takes context and the idempotency key from headers', async () => {
    const engine = await startEngine();
    const headers = {
      'x-spend-lens-session': 's1',
      'x-spend-lens-task-type': 'review',
      'x-spend-lens-agent': 'robot',
      'x-spend-lens-user': 'ann',
      'x-spend-lens-model': 'gpt-4.1',
      'x-spend-lens-provider': 'openai',
      'idempotency-key': 'k1',
    };
    const counts = { input_tokens: 1000, output_tokens: 500 };
    expect((await post(engine, counts, headers)).json).toMatchObject({ accepted: 1, duplicates: 0 });
    expect((await post(engine, counts, headers)).json).toMatchObject({ accepted: 0, duplicates: 1 });
    const records = await ask(engine.url, '/v1/records?limit=5', { headers: bearer(engine.token) });
    expect(records.json.records).toEqual([
      expect.objectContaining({
        session_id: 's1',
        task_type: 'review',
        agent: 'robot',
        cost_usd: 0.006,
        signal: 'usage',
      }),
    ]);
    const byUser = await ask(engine.url, '/v1/summary?group_by=user_id', { headers: bearer(engine.token) });
    expect(byUser.json.groups[0].key).toEqual({ user_id: 'ann' });
  });

  it('reads headers in UTF-8, and half a character as U+FFFD', async () => {
    const engine = await startEngine();
    const send = (headers: Record<string, string>) =>
      // With a text as its body, Node would send headers in UTF-8 too.
      ask(engine.url, '/v1/usage', {
        headers: { ...bearer(engine.token), ...headers },
        body: Buffer.from(JSON.stringify(sixMills)),
      });
    const utf8 = (text: string) => Buffer.from(text).toString('latin1');
    await send({ 'x-spend-lens-user': utf8('Zoë'), 'x-spend-lens-session': utf8('会话 1') });
    await send({ 'x-spend-lens-user': 'Jörg' });
    await post(engine, '{"model":"a\\ud800","input_tokens":1,"output_tokens":1}');
    const { json } = await ask(engine.url, '/v1/summary?group_by=user_id,session_id,model', {
      headers: bearer(engine.token),
    });
    expect(json.groups.map((group: { key: object }) => Object.values(group.key))).toEqual([
      ['Jörg', null, 'gpt-4.1'],
      ['Zoë', '会话 1', 'gpt-4.1'],
      [null, null, 'a\uFFFD'],
    ]);
  });

  it('refuses more records than are taken at once, before it looks at them', async () => {
    const engine = await startEngine();
    const object = JSON.stringify(sixMills);
    for (const body of [`[${'0,'.repeat(100_000)}0]`, `${object}\n${'0\n'.repeat(100_000)}`]) {
      const { json } = await post(engine, body);
      expect(json).toMatchObject({ status: 413, field: 'body', detail: expect.stringContaining('in parts') });
    }
    expect((await post(engine, `[${'0,'.repeat(99_999)}${object}]`)).json.accepted).toBe(1);
  });

  it.each([
    ['ENOSPC', 507],
    ['EDQUOT', 507],
    ['EIO', 503],
  ])(
    'says so when the disk refuses with %s, warns until it is well again, and goes on reading',
    async (code, status) => {
      const engine = await startEngine();
      const [live] = engine.engine.ledgers();
      if (!live) {
        throw new Error('There is no ledger.');
      }
      const { append } = live.ledger;
      live.ledger.append = async () => {
        throw new StorageError(code, `${code} in this test`);
      };
      expect((await post(engine, sixMills)).json).toMatchObject({ status, detail: expect.stringContaining(code) });
      expect(engine.engine.state(live).warnings).toEqual([expect.stringContaining(code)]);
      expect((await ask(engine.url, '/v1/summary', { headers: bearer(engine.token) })).json.total.requests).toBe(0);
      live.ledger.append = append;
      expect((await post(engine, sixMills)).status).toBe(200);
      expect(engine.engine.state(live).warnings).toEqual([]);
    },
  );

  it('answers an error nobody expected with 500 and no more than that', async () => {
    const engine = await startEngine();
    const [live] = engine.engine.ledgers();
    if (live) {
      live.ledger.append = () => Promise.reject(new Error('of the inside'));
    }
    const answer = await post(engine, sixMills);
    expect(answer.json).toMatchObject({ status: 500, title: 'Internal Server Error' });
    expect(answer.text).not.toContain('of the inside');
    expect(engine.log.at(-1)).toContain('of the inside');
  });
});

describe('formatUsageAnswer', () => {
  it('sums the calls of one input', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the records themselves do not matter here
    const record = {} as any;
    const { accepted, duplicates, records } = formatUsageAnswer(
      [
        { kind: 'record', input: 0, record },
        { kind: 'record', input: 0, record },
        { kind: 'rejected', input: 1, field: null, error: 'no' },
        { kind: 'record', input: 2, record },
      ],
      [
        { id: 'a', duplicate: true, costNanoUsd: 1e9, costBasis: 'priced' },
        { id: 'b', duplicate: false, costNanoUsd: 2e9, costBasis: 'unpriced' },
        { id: 'c', duplicate: true, costNanoUsd: null, costBasis: 'unpriced' },
      ],
    );
    expect({ accepted, duplicates }).toEqual({ accepted: 1, duplicates: 1 });
    expect(records).toEqual([
      { id: 'a', cost_usd: 3, cost_basis: 'estimated' },
      null,
      { id: 'c', cost_usd: null, cost_basis: 'unpriced' },
    ]);
  });
});

describe('GET /v1/summary, /v1/records, /v1/diagnostics', () => {
  it('sorts groups by cost, then by requests, unknown cost last', async () => {
    const engine = await startEngine();
    const of = (model: string, count: number) => Array.from({ length: count }, () => ({ ...sixMills, model }));
    await post(engine, [...of('no-price-b', 1), ...of('no-price-a', 2), ...of('gpt-4.1-mini', 2), ...of('gpt-4.1', 1)]);
    const { json } = await ask(engine.url, '/v1/summary?group_by=model,%20provider,model', {
      headers: bearer(engine.token),
    });
    expect(json.groups.map((group: { key: object }) => group.key)).toEqual([
      { model: 'gpt-4.1', provider: 'openai' },
      { model: 'gpt-4.1-mini', provider: 'openai' },
      { model: 'no-price-a', provider: null },
      { model: 'no-price-b', provider: null },
    ]);
    expect(json.groups[3]).toMatchObject({ requests: 1, cost_usd: null, unpriced_requests: 1, avg_latency_ms: null });
    expect(json.total).toMatchObject({ requests: 6, unpriced_requests: 3 });
  });

  it('takes instants and zone dates, and the end is exclusive', async () => {
    const folder = await makeFolder();
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{"timeZone":"Asia/Kathmandu"}');
    const engine = await startEngine({ settings });
    await post(engine, { ...sixMills, timestamp: '2026-03-01T18:15:00Z' });
    const count = async (query: string) =>
      (await ask(engine.url, `/v1/summary?${query}`, { headers: bearer(engine.token) })).json.total.requests;
    expect(await count('from=2026-03-02&to=2026-03-03')).toBe(1);
    expect(await count('from=2026-03-01&to=2026-03-02')).toBe(0);
    expect(await count('from=2026-03-01T18:15:00Z&to=2026-03-01T18:15:00.001Z')).toBe(1);
    expect(await count('from=2026-03-02T00:00:00+05:45&to=2026-03-03')).toBe(1);
    expect(await count('from=2026-03-02')).toBe(1);
    expect(await count('from=2026-03-02&to=2026-03-02')).toBe(0);
  });

  it.each([
    ['/v1/summary?period=yesterday', 'period'],
    ['/v1/summary?period=', 'period'],
    ['/v1/summary?period=today&from=2026-01-01', 'period'],
    ['/v1/summary?to=2026-01-01', 'from'],
    ['/v1/summary?from=yesterday', 'from'],
    ['/v1/summary?from=2026-02-30', 'from'],
    ['/v1/summary?from=2026-01-02&to=2026-01-01', 'to'],
    ['/v1/summary?period=week&period=today', 'period'],
    ['/v1/summary?from=2026-01-02&to=2026-01-03&to=2026-01-04', 'to'],
    ['/v1/summary?group_by=model&group_by=colour', 'group_by'],
    ['/v1/summary?group_by=model,colour', 'group_by'],
    ['/v1/summary?group_by=constructor', 'group_by'],
    ['/v1/records?limit=0', 'limit'],
    ['/v1/records?limit=1001', 'limit'],
    ['/v1/records?limit=ten', 'limit'],
  ])('%s is 400 and names %s', async (path, field) => {
    const { url, token } = await startEngine();
    expect((await ask(url, path, { headers: bearer(token) })).json).toMatchObject({ status: 400, field });
  });

  it('gives diagnostics without secrets', async () => {
    const engine = await startEngine({ token: 'secret-of-this-test' });
    await post(engine, sixMills);
    const { json, text } = await ask(engine.url, '/v1/diagnostics', { headers: bearer(engine.token) });
    expect(json).toMatchObject({
      node: process.version,
      sqlite: expect.stringMatching(/^3\./),
      prices: expect.stringContaining('genai-prices'),
      url: engine.url,
      storage: engine.storage,
      records: 1,
      settings: { 'budget.daily': 5 },
      recent: [{ model: 'gpt-4.1' }],
    });
    expect(text).not.toContain('secret');
  });

  it('tells the time of the newest call at /healthz', async () => {
    const engine = await startEngine();
    expect((await ask(engine.url, '/healthz')).json).toMatchObject({ status: 'ok', last_record: null });
    await post(engine, { ...sixMills, timestamp: '2026-03-01T18:15:00Z' });
    expect((await ask(engine.url, '/healthz')).json.last_record).toBe('2026-03-01T18:15:00.000Z');
  });
});
