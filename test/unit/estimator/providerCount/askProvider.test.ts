import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askProvider } from '../../../../src/estimator/providerCount/askProvider.ts';
import { findCountingProvider, isCountable } from '../../../../src/estimator/providerCount/providerCount.ts';

interface Seen {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A provider that answers one thing and remembers what it was asked. */
async function startProvider(status: number, answer: unknown) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    seen.push({ path: request.url, headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const key = 'sk-very-secret';
const question = (url: string, model: string) => ({ model, key, url, signal: AbortSignal.timeout(5000) });

describe('Anthropic', () => {
  test('counts a text as one message of the user, with the key in its header', async () => {
    const { seen, url } = await startProvider(200, { input_tokens: 2095 });
    const source = { text: '---\nmodel: claude-sonnet-5\n---\nhi', fileName: 'a.prompt.md' };
    expect(await askProvider('anthropic', source, question(url, 'anthropic/claude-sonnet-5'))).toBe(2095);
    expect(seen).toMatchObject([
      {
        path: '/v1/messages/count_tokens',
        headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
        body: { model: 'claude-sonnet-5', messages: [{ role: 'user', content: 'hi' }] },
      },
    ]);
  });

  test('counts its own request bodies as they are, without what is refused there', async () => {
    const { seen, url } = await startProvider(200, { input_tokens: 1 });
    const body = {
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'hi' }],
      tools: [{ name: 'x', input_schema: {} }],
    };
    const text = JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 9, stream: true, ...body });
    await askProvider('anthropic', { text, fileName: 'a.json' }, question(url, 'claude-sonnet-5'));
    expect(seen[0]?.body).toEqual({ model: 'claude-sonnet-5', ...body });
  });
});

describe('Google', () => {
  test('counts texts, and its own request bodies', async () => {
    const { seen, url } = await startProvider(200, { totalTokens: 7 });
    expect(await askProvider('google', { text: 'hi' }, question(url, 'gemini-3.8-flash'))).toBe(7);
    const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
    await askProvider('google', { text: JSON.stringify({ contents }) }, question(url, 'models/gemini-3.8-flash'));
    expect(seen).toMatchObject([
      { path: '/v1beta/models/gemini-3.8-flash:countTokens', headers: { 'x-goog-api-key': key }, body: { contents } },
      { body: { generateContentRequest: { model: 'models/gemini-3.8-flash', contents } } },
    ]);
  });
});

describe('a count that fails', () => {
  test.each([
    [
      401,
      { error: { message: 'invalid x-api-key' } },
      'Anthropic did not count: HTTP status 401. invalid x-api-key',
      true,
    ],
    [429, {}, 'Anthropic did not count: HTTP status 429.', false],
    [200, { input_tokens: 'many' }, 'Anthropic answered without a count.', false],
  ])('%d %j', async (status, answer, message, isKey) => {
    const { url } = await startProvider(status, answer);
    const asked = askProvider('anthropic', { text: 'my prompt' }, question(url, 'claude-sonnet-5'));
    await expect(asked).rejects.toMatchObject({ message, isKey });
  });

  test('names neither key nor prompt when nobody answers', async () => {
    const asked = askProvider('google', { text: 'my prompt' }, question('http://127.0.0.1:9', 'gemini-3.8-flash'));
    const error: Error = await asked.then(
      () => Promise.reject(new Error('answered')),
      reason => reason,
    );
    expect(error.message).toBe("Google can't be reached.");
    expect(error.message + error.stack).not.toMatch(/my prompt|very-secret/);
  });

  test('follows no redirect with the key', async () => {
    const other = await startProvider(200, { input_tokens: 1 });
    const server = createServer((_, response) => response.writeHead(307, { location: other.url }).end());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(askProvider('anthropic', { text: 'x' }, question(url, 'claude-sonnet-5'))).rejects.toThrow('reached');
    expect(other.seen).toEqual([]);
  });
});

test('who counts for which model', () => {
  const providers = [
    'claude-sonnet-5',
    'us.anthropic.claude-opus-4-7',
    'google/gemini-3.8-flash',
    'gpt-4.1',
    'my-gemini',
  ];
  expect(providers.map(findCountingProvider)).toEqual(['anthropic', 'anthropic', 'google', null, null]);
  expect([isCountable({ format: 'plain' }), isCountable({ format: 'batch' })]).toEqual([true, false]);
});
