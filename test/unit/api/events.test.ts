import { expect, test } from 'vitest';
import { outline, totals } from './answers.ts';
import { collect, serve } from './serve.ts';

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
