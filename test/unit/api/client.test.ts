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

test('asks each question by the method and path of its route', async () => {
  const seen: string[] = [];
  const client = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    seen.push(`${request.method} ${request.url}${body && ` ${body}`}`);
    response.writeHead(503).end();
  });
  const today = { period: 'today' } as const;
  const { signal } = new AbortController();
  const streams = [
    client.events('w 1', signal),
    client.importHistory(['codex'], signal),
    client.forwardHistory('d', signal),
  ];
  await Promise.allSettled([
    client.health(),
    client.diagnostics(),
    client.agents(),
    client.askSummary({ scope: 'machine' }),
    client.costs(today, ['day'], { filter: { model: ['a b', null] }, isCompared: true }),
    client.team(today, ['team', 'week']),
    client.sessions(today),
    client.records({ range: today, order: 'newest', limit: 5 }),
    client.record('a/b'),
    client.budgets(3),
    client.allowBudget('my budget', 60, 'w 1'),
    client.answerNotice('n:1', 'silence'),
    client.recordUsage({ model: 'm' }),
    client.estimate({ text: 't' }),
    client.history({ agent: 'codex' }),
    client.estimates(),
    client.keepEstimate({ model: 'm' } as Parameters<typeof client.keepEstimate>[0]),
    client.forgetEstimates(),
    client.findTranscripts(['codex', 'cline']),
    client.deleteHistory({ session_id: 's', dry_run: true }),
    client.database(signal),
    client.registerWindow('w 1', { workspace: null, settings: {} }),
    client.forgetWindow('w 1'),
    client.rotateTokens(),
    client.shutdown(),
    ...streams.map(stream => stream[Symbol.asyncIterator]().next()),
  ]);
  expect(seen.sort()).toEqual([
    'DELETE /v1/estimates',
    'DELETE /v1/windows/w%201',
    'GET /healthz',
    'GET /v1/agents',
    'GET /v1/budgets?periods=3',
    'GET /v1/costs?period=today&group_by=day&compare=previous&model=a+b&model=',
    'GET /v1/database',
    'GET /v1/diagnostics',
    'GET /v1/estimates',
    'GET /v1/events?window=w%201',
    'GET /v1/history?agent=codex',
    'GET /v1/import?agents=codex,cline',
    'GET /v1/records/a%2Fb',
    'GET /v1/records?period=today&order=newest&limit=5',
    'GET /v1/sessions?period=today',
    'GET /v1/summary?scope=machine',
    'GET /v1/team?period=today&group_by=team%2Cweek',
    'POST /v1/budgets/my%20budget/allow?window=w%201 {"minutes":60}',
    'POST /v1/delete {"session_id":"s","dry_run":true}',
    'POST /v1/estimate {"text":"t"}',
    'POST /v1/estimates {"model":"m"}',
    'POST /v1/forward/history {"destination":"d"}',
    'POST /v1/import {"agents":["codex"]}',
    'POST /v1/notices/n%3A1 {"action":"silence"}',
    'POST /v1/shutdown',
    'POST /v1/tokens/rotate',
    'POST /v1/usage {"model":"m"}',
    'PUT /v1/windows/w%201 {"workspace":null,"settings":{}}',
  ]);
});
