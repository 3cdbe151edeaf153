import { expect, test } from 'vitest';
import { figures } from './answers.ts';
import { serve } from './serve.ts';

test('asks as the contract says, with the token', async () => {
  const seen: (string | undefined)[] = [];
  const summary = { from: 'a', to: 'b', total: figures(1), groups: [{ key: { model: null }, ...figures(1) }] };
  const client = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`, request.headers.authorization);
    response.end(JSON.stringify(summary));
  });
  expect(await client.summary({ period: 'today' }, ['day', 'model'])).toEqual(summary);
  expect(await client.summary({ from: '2026-11-22', to: '2026-11-23' }, [])).toEqual(summary);
  expect(seen).toEqual([
    'GET /v1/summary?period=today&group_by=day%2Cmodel',
    'Bearer T',
    'GET /v1/summary?from=2026-11-22&to=2026-11-23',
    'Bearer T',
  ]);
});

test('sends its body as JSON and needs none back', async () => {
  let body = '';
  const client = await serve(async (request, response) => {
    for await (const chunk of request) {
      body += chunk;
    }
    response.writeHead(204).end();
  });
  await client.answerNotice('daily:80', 'shown');
  expect(JSON.parse(body)).toEqual({ action: 'shown' });
});
