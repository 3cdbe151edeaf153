import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvents } from './readEvents.ts';
import { ask, bearer, makeFolder, type Started, sixMills, startEngine } from './startEngine.ts';

const post = ({ url, token }: Started, body: unknown) =>
  ask(url, '/v1/usage', { headers: bearer(token), body: JSON.stringify(body) });
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

describe('GET /v1/events', () => {
  it('begins with the engine and the totals, and tells of a call at once', async () => {
    const engine = await startEngine();
    const reader = readEvents(engine.url, engine.token);
    await reader.wait('totals');
    expect(reader.events.map(event => event.name)).toEqual(['engine', 'totals']);
    expect(reader.all('engine')[0]).toMatchObject({
      url: engine.url,
      displaced_port: null,
      pid: process.pid,
      warnings: [],
    });
    expect(reader.all('totals')[0]).toMatchObject({
      today: { requests: 0, cost_usd: null },
      last_record: null,
      budget: { spent_usd: 0, limit_usd: 5, state: 'ok', crossed: [] },
    });

    const before = performance.now();
    await post(engine, { ...sixMills, session_id: 's' });
    const [record] = await reader.wait('record');
    const [, totals] = await reader.wait('totals', 2);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(record).toMatchObject({ model: 'gpt-4.1', session_id: 's', cost_usd: 0.006, cost_basis: 'priced' });
    expect(totals).toMatchObject({
      today: { requests: 1, cost_usd: 0.006 },
      week: { requests: 1 },
      month: { requests: 1 },
      top_models: [{ model: 'gpt-4.1', requests: 1, cost_usd: 0.006 }],
      last_record: { model: 'gpt-4.1' },
    });
  });

  it('updates at most four times a second however fast calls come, and ends with the right sum', async () => {
    const engine = await startEngine();
    const reader = readEvents(engine.url, engine.token);
    await reader.wait('totals');
    const began = performance.now();
    let count = 0;
    while (performance.now() < began + 1500) {
      await post(engine, [sixMills, sixMills, sixMills]);
      count += 3;
    }
    await reader.waitUntil('totals', totals => totals.today.requests === count);
    const updates = reader.all('totals').length - 1;
    expect(updates).toBeGreaterThan(3);
    expect(updates).toBeLessThanOrEqual(1 + (4 * (performance.now() - began)) / 1000);
    expect(reader.all('record').length).toBeLessThanOrEqual(20 * updates);
  });

  it('tells of new calls only, not of repeats', async () => {
    const engine = await startEngine();
    const reader = readEvents(engine.url, engine.token);
    await reader.wait('totals');
    await post(engine, { ...sixMills, request_id: 'r' });
    await reader.wait('record');
    await post(engine, { ...sixMills, request_id: 'r' });
    await pause(350);
    expect(reader.all('record')).toHaveLength(1);
  });

  it('drops a reader that takes nothing, and keeps the others', async () => {
    const engine = await startEngine();
    const reader = readEvents(engine.url, engine.token);
    await reader.wait('totals');
    let isClosed = false;
    const socket = connect(Number(new URL(engine.url).port), '127.0.0.1', () => {
      socket.write(`GET /t/${engine.token}/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      socket.once('data', () => socket.pause());
    });
    socket.on('close', () => {
      isClosed = true;
    });
    socket.on('error', () => {});
    await pause(100);
    // Warnings reach every reader at any pace: megabytes of them fill what the sockets hold.
    const [live] = engine.engine.ledgers();
    for (let n = 0; n < 300; n++) {
      live?.warnings.set('test', `${n} ${'x'.repeat(50_000)}`);
      await pause(1);
    }
    live?.warnings.set('test', null);
    socket.resume();
    for (let n = 0; n < 100 && !isClosed; n++) {
      await pause(20);
    }
    expect(isClosed).toBe(true);
    expect(reader.isOpen).toBe(true);
    await post(engine, sixMills);
    await reader.wait('record');
  });

  it('tells of settings that were read again, and keeps the good ones beside a bad file', async () => {
    const folder = await makeFolder();
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{"budget":{"daily":0.01}}');
    const engine = await startEngine({ settings });
    const reader = readEvents(engine.url, engine.token);
    await reader.wait('totals');
    expect(reader.all('totals')[0]?.budget.limit_usd).toBe(0.01);

    await writeFile(settings, '{"budget":{"daily":2');
    await reader.wait('engine', 2);
    expect(reader.all('engine')[1]?.warnings).toEqual([
      expect.stringMatching(/\. The last good settings stay in effect\.$/),
    ]);
    await writeFile(settings, '{"budget":{"daily":"much"},"timeZone":"UTC"}');
    await reader.wait('engine', 3);
    expect((await post(engine, sixMills)).json.budget).toMatchObject({ limit_usd: 0.01, state: 'ok' });

    await writeFile(settings, '{"budget":{"daily":0.006},"prices":{"mine-*":{"input":1,"output":2}}}');
    await reader.wait('engine', 4);
    expect(reader.all('engine')[3]?.warnings).toEqual([]);
    await reader.waitUntil('totals', ({ budget }) => budget.limit_usd === 0.006 && budget.crossed.length === 3);
    expect((await post(engine, { ...sixMills, model: 'mine-1' })).json.records[0]).toMatchObject({ cost_usd: 0.002 });
  });

  it('prices the waiting calls when their price is set', async () => {
    const folder = await makeFolder();
    const settings = join(folder, 'settings.json');
    await writeFile(settings, '{}');
    const engine = await startEngine({ settings });
    const reader = readEvents(engine.url, engine.token);
    await post(engine, { ...sixMills, model: 'mine-1' });
    await reader.wait('totals', 2);
    expect(reader.all('totals')[1]).toMatchObject({ today: { cost_usd: null }, unpriced_models: ['mine-1'] });
    await writeFile(settings, '{"prices":{"mine-*":{"input":1,"output":2}}}');
    await reader.wait('totals', 3);
    expect(reader.all('totals')[2]).toMatchObject({ today: { cost_usd: 0.002 }, unpriced_models: [] });
  });
});
