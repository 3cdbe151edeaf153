import { expect, test } from 'vitest';
import { ApiError, EngineUnreachableError } from '../../../src/api/apiError.ts';
import { createClient } from '../../../src/api/client.ts';
import { answer, collect, serve } from './serve.ts';

test('throws the problem of an error', async () => {
  const problem = { type: 'about:blank', title: 'Bad', status: 400, detail: 'period is unknown', field: 'period' };
  const client = await serve(answer(400, problem));
  const error = await client.summary({ period: '7d' }, []).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).problem).toEqual(problem);
});

test('throws a problem of its own for an error without one', async () => {
  const client = await serve((_, response) => void response.writeHead(502).end('<html>'));
  await expect(client.diagnostics()).rejects.toMatchObject({ status: 502 });
});

test('throws `foreign` when something else answers', async () => {
  await expect((await serve(answer(200, { hello: 1 }))).health()).rejects.toMatchObject({ code: 'foreign' });
  const page = await serve((_, response) => void response.end('<html>'));
  await expect(page.health()).rejects.toMatchObject({ code: 'foreign' });
});

test('never follows a redirect with the token', async () => {
  const client = await serve((_, response) => void response.writeHead(307, { location: 'http://x.invalid' }).end());
  await expect(client.health()).rejects.toBeInstanceOf(EngineUnreachableError);
});

test('throws `timeout` when nothing comes in time, `refused` when nobody is there', async () => {
  const silent = await serve(() => {}, 50);
  await expect(silent.health()).rejects.toMatchObject({ code: 'timeout' });
  await expect(collect(silent.events('w', new AbortController().signal))).rejects.toMatchObject({ code: 'timeout' });
  const gone = createClient({ url: 'http://127.0.0.1:1', token: 'T' });
  await expect(gone.health()).rejects.toMatchObject({ code: 'refused' });
});

test('throws the caller’s reason when the caller aborts', async () => {
  const client = await serve(() => {});
  await expect(client.health(AbortSignal.abort(new Error('closing')))).rejects.toThrow('closing');
});
