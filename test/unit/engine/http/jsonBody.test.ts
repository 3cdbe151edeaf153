import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJson, readJsonObject, requireShape } from '../../../../src/engine/http/jsonBody.ts';
import { HttpProblem } from '../../../../src/engine/http/problem.ts';

const schema = v.object({ name: v.string(), parts: v.array(v.object({ size: v.number() })) });

/** Each path reads the body in another way and answers what was read, or the problem. */
const readers: Record<string, Parameters<typeof readJson>[1] & { example?: string; isShaped?: boolean }> = {
  '/json': {},
  '/small': { maxBytes: 1024 },
  '/empty': { mayBeEmpty: true },
  '/object': { example: '{"a":1}' },
  '/shaped': { isShaped: true },
};

const server = createServer(async (request, response) => {
  const { example, isShaped, ...options } = readers[request.url ?? ''] ?? {};
  try {
    const value = await (example ? readJsonObject(request, { ...options, example }) : readJson(request, options));
    response.end(JSON.stringify(isShaped ? requireShape(schema, value, 'Try again. ') : value));
  } catch (error) {
    const { status, message, field } = error as HttpProblem;
    expect(error).toBeInstanceOf(HttpProblem);
    response.writeHead(status).end(JSON.stringify({ message, field }));
  }
});

beforeAll(() => new Promise<void>(done => server.listen(0, '127.0.0.1', done)));
afterAll(() => server.close());

async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;
  const response = await fetch(url, { method: 'POST', body: body as string, headers });
  return { status: response.status, answer: await response.json() };
}

describe('a JSON body', () => {
  test('is decoded and parsed', async () => {
    const body = gzipSync('{"größe":[1,null]}');
    expect(await post('/json', body, { 'content-encoding': 'gzip' })).toEqual({
      status: 200,
      answer: { größe: [1, null] },
    });
  });

  test('that is none, is empty or cut short is answered 400, naming the body', async () => {
    for (const body of ['', 'name=1', '{"a":', '{"a":1}{']) {
      const answer = { message: 'The body is not JSON.', field: 'body' };
      expect(await post('/json', body)).toEqual({ status: 400, answer });
    }
  });

  test('may be empty where all of it can be left out', async () => {
    expect(await post('/empty', ' \n')).toEqual({ status: 200, answer: {} });
  });

  test('that is too long, also when decoded, is answered 413', async () => {
    const body = JSON.stringify('x'.repeat(2000));
    expect(await post('/small', body)).toMatchObject({ status: 413 });
    expect(await post('/small', gzipSync(body), { 'content-encoding': 'gzip' })).toMatchObject({ status: 413 });
  });

  test('of millions of values is answered 413 before it is parsed', async () => {
    expect(await post('/json', `[${'[],'.repeat(2_000_000)}1]`)).toMatchObject({
      status: 413,
      answer: { field: 'body' },
    });
  });

  test('that has to be an object shows one when it is none; other problems stay what they are', async () => {
    const answer = { message: 'The body must be a JSON object, such as {"a":1}.', field: 'body' };
    for (const body of ['[]', 'null', '3', 'nonsense', '']) {
      expect(await post('/object', body)).toEqual({ status: 400, answer });
    }
    expect(await post('/object', '{}', { 'content-encoding': 'rot13' })).toMatchObject({
      status: 415,
      answer: { field: 'content-encoding' },
    });
  });

  test('with another shape is answered 400 with the field and the hint', async () => {
    expect(await post('/shaped', '{"name":"a","parts":[{"size":1}]}')).toMatchObject({ status: 200 });
    const { status, answer } = await post('/shaped', '{"name":"a","parts":[{"size":"1"}]}');
    expect(status).toBe(400);
    expect(answer).toMatchObject({
      field: 'parts.0.size',
      message: expect.stringMatching(/^Try again\. parts\.0\.size: /),
    });
  });
});
