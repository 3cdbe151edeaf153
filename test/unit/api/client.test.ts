import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiError, EngineUnreachableError } from '../../../src/api/apiError.ts';
import { type Client, createClient } from '../../../src/api/client.ts';
import type { ApiEvent } from '../../../src/api/events.ts';
import { figures, outline, totals } from './answers.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener, timeoutMs = 5000): Promise<Client> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return createClient({ url: `http://127.0.0.1:${port}`, token: 'T', timeoutMs });
}

const answer = (status: number, body: unknown): RequestListener => {
  return (_, response) => void response.writeHead(status).end(JSON.stringify(body));
};

async function collect(events: AsyncIterable<ApiEvent>): Promise<ApiEvent[]> {
  const all: ApiEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

describe('a call', () => {
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
});

describe('the event stream', () => {
  const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

  test('gives events by name as they come, over chunk borders, and skips names it does not know', async () => {
    const text = `: hello\n\n${event('future', 1)}${event('totals', totals())}${event('record', outline('ü€'))}`;
    const bytes = Buffer.from(text);
    const client = await serve(async (request, response) => {
      expect(request.url).toBe('/v1/events?window=w%201');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let at = 0; at < bytes.length; at += 501) {
        response.write(bytes.subarray(at, at + 501));
        await new Promise(setImmediate);
      }
      response.end();
    });
    const events = await collect(client.events('w 1', new AbortController().signal));
    expect(events.map(({ name }) => name)).toEqual(['totals', 'record']);
    expect(events[1]?.data).toMatchObject({ model: 'ü€' });
  });

  test('outlives the time-out once it is open', async () => {
    const client = await serve(async (_, response) => {
      response.writeHead(200).flushHeaders();
      await new Promise(done => setTimeout(done, 200));
      response.end(event('totals', totals()));
    }, 100);
    expect(await collect(client.events(null, new AbortController().signal))).toHaveLength(1);
  });

  test('throws for a known event with other contents', async () => {
    const client = await serve((_, response) => void response.end(event('totals', { today: {} })));
    await expect(collect(client.events(null, new AbortController().signal))).rejects.toThrow(/totals\.today/);
  });

  test('ends when the caller aborts', async () => {
    const client = await serve((_, response) => response.writeHead(200).flushHeaders());
    const stop = new AbortController();
    const all = collect(client.events(null, stop.signal)).catch(() => 'ended');
    setTimeout(() => stop.abort(), 20);
    expect(await all).toBe('ended');
  });
});
