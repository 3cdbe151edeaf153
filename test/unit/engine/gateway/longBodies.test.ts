import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type IncomingMessage, request as startRequest } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ask, bearer } from '../startEngine.ts';
import { startWindowMode } from '../startWindowMode.ts';
import { events, listen, startGateway, startProvider } from './fakeProvider.ts';

const megabytes = 100;
const piece = Buffer.from(randomBytes(512 * 1024).toString('hex'));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function hashOf(body: IncomingMessage): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/** A JSON object of 100 MB with one long string in front. */
function* longJson(end: string): Generator<Buffer> {
  yield Buffer.from('{"model":"gpt-4.1","input":"');
  for (let sent = 0; sent < megabytes; sent += 1) {
    yield piece;
  }
  yield Buffer.from(`"${end}}`);
}

async function sendAll(
  target: { write(chunk: Buffer): boolean; once(event: 'drain', run: () => void): unknown },
  pieces: Iterable<Buffer>,
) {
  for (const chunk of pieces) {
    if (!target.write(chunk)) {
      await new Promise<void>(resolve => target.once('drain', resolve));
    }
  }
}

describe('long bodies', () => {
  it('of 100 MB go both ways with flat memory, and are counted', async () => {
    let received = '';
    const usage =
      ',"object":"response","id":"resp_1","usage":{"input_tokens":1000,"output_tokens":500,"total_tokens":1500}';
    const url = await listen(async (request, response) => {
      received = await hashOf(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      await sendAll(response, longJson(usage));
      response.end();
    });
    const gateway = await startGateway({ openai: url });
    const expected = createHash('sha256');
    const answered = createHash('sha256');
    for (const chunk of longJson('')) {
      expected.update(chunk);
    }
    for (const chunk of longJson(usage)) {
      answered.update(chunk);
    }
    collectGarbage();
    const before = process.memoryUsage();
    let most = 0;
    const watch = setInterval(() => {
      collectGarbage();
      const now = process.memoryUsage();
      most = Math.max(most, now.heapUsed + now.external - before.heapUsed - before.external);
    }, 50);
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/openai/v1/responses`, method: 'POST' });
    const answer = new Promise<string>((resolve, reject) => {
      sent.on('error', reject);
      sent.on('response', response => resolve(hashOf(response)));
    });
    await sendAll(sent, longJson(''));
    sent.end();
    expect(await answer).toBe(answered.digest('hex'));
    clearInterval(watch);
    expect(received).toBe(expected.digest('hex'));
    process.stdout.write(`at most ${(most / 1e6).toFixed(0)} MB more while ${megabytes} MB went each way\n`);
    expect(most / 1e6).toBeGreaterThan(0);
    // Some 20 MB, and as much again while V8's own threads, which give bytes back, wait for a busy core. One body held would be 100.
    expect(most / 1e6).toBeLessThan(80);
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500 }),
    ]);
  }, 120_000);

  it('that nobody takes are not read on', async () => {
    let written = 0;
    const url = await listen((_, response) => {
      const write = () => {
        while (written < 200 && response.write(piece)) {
          written += 1;
        }
        response.once('drain', write);
      };
      write();
    });
    const gateway = await startGateway({ openai: url });
    const { hostname, port } = new URL(gateway.url);
    const sent = startRequest({ hostname, port, path: `${gateway.base}/openai/v1/files` });
    sent.on('error', () => {});
    sent.on('response', answer => answer.pause());
    sent.end();
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(written).toBeLessThan(50);
    sent.destroy();
  });

  it('that the provider refuses early bring its answer', async () => {
    const url = await listen((request, response) => {
      request.once('data', () => {
        response.writeHead(413, { 'content-type': 'application/json' });
        response.end('{"error":{"message":"too large"}}');
      });
    });
    const gateway = await startGateway({ openai: url });
    const body = Buffer.alloc(2_000_000, 'x');
    expect(await ask(gateway.url, `${gateway.base}/openai/v1/files`, { body })).toMatchObject({ status: 413 });
  });
});

/** Asks, and leaves after the first bytes of the answer or 300 ms. */
async function leave(url: string, { headers, body }: { headers: Record<string, string>; body: string }): Promise<void> {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), 300);
  const { authorization: _, ...others } = headers;
  const answer = await fetch(url, { method: 'POST', headers: others, body, signal: leaving.signal }).catch(() => null);
  await answer?.body
    ?.getReader()
    .read()
    .then(() => leaving.abort());
}

describe('secrets', () => {
  it('are neither stored nor logged', async () => {
    const secret = 'PLANTED-SECRET';
    const provider = await startProvider((response, { url }) => {
      if (url.includes('broken')) {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'x-leak': `${secret}-header`,
        });
        response.end(`{"text":"${secret}"}`);
        return;
      }
      if (url.includes('refused')) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: `${secret} quoted`, type: `${secret} type`, code: null } }));
        return;
      }
      if (url.includes('silent')) {
        return;
      }
      if (url.includes('chat')) {
        // Tells no usage, so that the texts are held and counted.
        const chunk = { id: 'c1', object: 'chat.completion.chunk', model: 'gpt-4.1', choices: [] };
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(events({ ...chunk, choices: [{ index: 0, delta: { content: `${secret}-delta` } }] }));
        if (!url.includes('left')) {
          response.end();
        }
        return;
      }
      response.writeHead(url.includes('fail') ? 500 : 200, { 'content-type': 'text/event-stream' });
      response.end(
        events(
          {
            type: 'message_start',
            message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 10, output_tokens: 1 } },
          },
          { type: 'content_block_delta', delta: { type: 'text_delta', text: `${secret}-answer` } },
          { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } },
        ),
      );
    });
    const gateway = await startGateway({ anthropic: provider.url, dead: 'http://127.0.0.1:1' });
    const question = {
      headers: {
        'x-api-key': `${secret}-key`,
        authorization: `Bearer ${secret}-bearer`,
        cookie: `${secret}-cookie`,
        'x-spend-lens-user': 'x'.repeat(2000) + secret,
      },
      body: JSON.stringify({
        model: 'claude-sonnet-4-5',
        messages: [{ role: 'user', content: `${secret}-prompt` }],
        system: `${secret}-system`,
      }),
    };
    for (const path of [
      'anthropic/v1/messages',
      'anthropic/fail/v1/messages',
      'dead/v1/messages',
      'nobody/v1/messages',
      'anthropic/broken/v1/messages',
      'anthropic/refused/v1/messages',
      'anthropic/told/v1/chat/completions',
    ]) {
      await ask(gateway.url, `${gateway.base}/${path}?key=${secret}-query`, question).catch(() => null);
    }
    for (const path of ['anthropic/left/v1/chat/completions', 'anthropic/silent/v1/messages']) {
      await leave(`${gateway.url}${gateway.base}/${path}?key=${secret}-query`, question);
    }
    expect(await gateway.waitForRecords(4)).toHaveLength(4);
    const failures = async () =>
      (await ask(gateway.url, '/v1/summary', { headers: bearer(gateway.token) })).json.failed_requests;
    await expect.poll(failures).toBe(4);
    gateway.engine.stop('test');
    await gateway.engine.left;
    expect(gateway.log.join('\n')).toContain('ECONNREFUSED');
    expect(gateway.log.join('\n')).not.toContain(secret);
    for (const name of await readdir(gateway.storage, { recursive: true })) {
      const bytes = await readFile(join(gateway.storage, name)).catch(() => Buffer.alloc(0));
      expect(bytes.includes(secret), name).toBe(false);
    }
  });
});

describe('an engine with a call under way', () => {
  it('does not leave for want of windows, and then does', async () => {
    let finish = () => {};
    const provider = await startProvider(response => {
      response.writeHead(200);
      response.write('a');
      finish = () => response.end('b');
    });
    const { engine, url, adminToken, openWindow } = await startWindowMode({ idleMs: 150 });
    const { reader } = await openWindow('w1', {
      workspace: null,
      settings: { gateway: { upstreams: { openai: provider.url } } },
    });
    let hasLeft = false;
    engine.left.then(() => {
      hasLeft = true;
    });
    const answer = ask(url, '/gateway/openai/v1/files', { headers: bearer(adminToken) });
    await expect.poll(() => provider.seen.length).toBe(1);
    reader.close();
    await new Promise(resolve => setTimeout(resolve, 600));
    expect(hasLeft).toBe(false);
    finish();
    expect((await answer).text).toBe('ab');
    await expect.poll(() => hasLeft, { timeout: 5000 }).toBe(true);
  });

  it('records what a call used until the engine had to leave', async () => {
    const provider = await startProvider(response => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        events({
          type: 'message_start',
          message: { id: 'msg_1', model: 'claude-sonnet-4-5', usage: { input_tokens: 1234, output_tokens: 1 } },
        }),
      );
    });
    const gateway = await startGateway({ anthropic: provider.url });
    const answer = ask(gateway.url, `${gateway.base}/anthropic/v1/messages`, { body: '{}' }).catch(() => null);
    await expect.poll(() => provider.seen.length).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 50));
    gateway.engine.stop('test');
    await gateway.engine.left;
    await answer;
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(gateway.storage, 'usage.sqlite'), { readOnly: true });
    expect(database.prepare('SELECT prompt_tokens, cost_basis, signal FROM token_usage').all()).toEqual([
      expect.objectContaining({ prompt_tokens: 1234, cost_basis: 'estimated', signal: 'gateway' }),
    ]);
    database.close();
  }, 30_000);
});
