import { request as startRequest } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ask, bearer } from '../startEngine.ts';
import { events, type GatewayTest, startGateway, startProvider } from './fakeProvider.ts';

const summary = async ({ url, token }: GatewayTest, filter = '') =>
  (await ask(url, `/v1/summary?${filter}`, { headers: bearer(token) })).json;

/** The rows of the table of failed calls, after the engine has left. */
async function readRows({ engine, storage }: GatewayTest): Promise<Record<string, unknown>[]> {
  engine.stop('test');
  await engine.left;
  const database = new DatabaseSync(join(storage, 'usage.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT * FROM failed_usage ORDER BY timestamp').all();
  database.close();
  return rows;
}

const openAiError = (type: string, code: string | null) =>
  JSON.stringify({ error: { message: 'PLANTED prompt quoted', type, code, param: null } });

describe('a failed call', () => {
  it('is counted apart, with whose it was and why, and has no cost', async () => {
    const answers: [status: number, text: string][] = [
      [429, openAiError('requests', 'rate_limit_exceeded')],
      [529, '{"type":"error","error":{"type":"overloaded_error","message":"PLANTED"}}'],
      [500, 'PLANTED page'],
      [400, '{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"PLANTED"}}'],
      [200, '{"error":{"code":402,"message":"PLANTED"}}'],
      [200, events({ type: 'error', error: { type: 'api_error', message: 'PLANTED' } })],
    ];
    const provider = await startProvider((response, { headers }) => {
      const [status, text] = answers[Number(headers['x-answer'])] ?? [200, ''];
      response.writeHead(status, { 'content-type': 'text/plain', 'x-request-id': `req_${headers['x-answer']}` });
      response.end(text);
    });
    const gateway = await startGateway({ anthropic: provider.url, dead: 'http://127.0.0.1:1' });
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'PLANTED' }] });
    for (const [index, [status]] of answers.entries()) {
      const headers = { 'x-answer': index, 'user-agent': 'claude-cli/2.1.330', 'x-claude-code-session-id': 's1' };
      expect((await ask(gateway.url, `${gateway.base}/anthropic/v1/messages`, { headers, body })).status).toBe(status);
    }
    expect((await ask(gateway.url, `${gateway.base}/dead/v1/messages`, { body })).status).toBe(502);
    await expect.poll(async () => (await summary(gateway)).failed_requests).toBe(7);
    expect((await summary(gateway)).total).toMatchObject({ requests: 0, cost_usd: null, prompt_tokens: 0 });
    expect((await summary(gateway, 'provider=anthropic')).failed_requests).toBe(6);
    expect((await summary(gateway, 'provider=dead')).failed_requests).toBe(1);
    const rows = await readRows(gateway);
    const common = { provider: 'anthropic', model: 'claude-sonnet-4-5', agent: 'claude-code', session_id: 's1' };
    expect(rows).toMatchObject([
      { ...common, status: 429, error: 'rate_limit_exceeded', request_id: 'req_0', endpoint: '/v1/messages' },
      { ...common, status: 529, error: 'overloaded_error' },
      { ...common, status: 500, error: null },
      { ...common, status: 400, error: 'INVALID_ARGUMENT' },
      { ...common, status: 200, error: null },
      { ...common, status: 200, error: 'api_error' },
      { provider: 'dead', model: 'claude-sonnet-4-5', agent: null, status: null, error: 'ECONNREFUSED' },
    ]);
    expect(rows.every(({ latency_ms }) => Number(latency_ms) >= 0 && Number(latency_ms) < 5000)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain('PLANTED');
  });

  it('is one that the client left before its answer', async () => {
    const provider = await startProvider(() => {});
    const gateway = await startGateway({ openai: provider.url });
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/openai/v1/responses`, method: 'POST' });
    sent.on('error', () => {});
    sent.end('{"model":"gpt-5.4"}');
    await expect.poll(() => provider.seen.length).toBe(1);
    sent.destroy();
    await expect.poll(async () => (await summary(gateway)).failed_requests).toBe(1);
    expect(await readRows(gateway)).toMatchObject([{ model: 'gpt-5.4', status: null, error: 'aborted' }]);
  });

  it('is each of the tries, beside the call that succeeded', async () => {
    let tries = 0;
    const provider = await startProvider(response => {
      tries += 1;
      response.writeHead(tries < 3 ? 503 : 200, { 'content-type': 'application/json' });
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
      response.end(tries < 3 ? '{}' : JSON.stringify({ id: 'c', model: 'gpt-4.1', choices: [], usage }));
    });
    const gateway = await startGateway({ openai: provider.url });
    for (let count = 0; count < 3; count += 1) {
      await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, { body: '{"model":"gpt-4.1"}' });
    }
    await gateway.waitForRecords(1);
    expect(await summary(gateway)).toMatchObject({ total: { requests: 1 }, failed_requests: 2 });
  });

  it.each([
    ['GET', '/openai/v1/models'],
    ['POST', '/openai/v1/analytics/codex/turn-costs'],
    ['POST', '/anthropic/v1/messages/count_tokens'],
    ['POST', '/openai/v1/files'],
  ])('is none where no model was called: %s %s', async (method, path) => {
    const provider = await startProvider(response => {
      response.statusCode = 404;
      response.end('{}');
    });
    const gateway = await startGateway({ openai: provider.url, anthropic: provider.url });
    const answer = await ask(gateway.url, gateway.base + path, { method, ...(method === 'POST' && { body: '{}' }) });
    expect(answer.status).toBe(404);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect((await summary(gateway)).failed_requests).toBe(0);
  });
});
