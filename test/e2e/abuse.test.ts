import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip, zstdCompress } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * A hostile program on this computer against the engine as it ships, in a process of its own. Whatever it sends: a clean answer, bounded
 * memory, other clients served meanwhile, and the totals as they should be in the end.
 */

const script = process.env.SPEND_LENS_ENGINE ?? join(import.meta.dirname, '../../dist/engine.js');
/** What the engine may need above what it needed before the abuse, MB: 192 for bodies, and what the largest of them is read into. */
const maxGrowthMb = 700;
/** How long an honest client may wait while all that goes on, ms: five times what is meant, since machines are noisy. */
const patienceMs = 20_000;

let child: ChildProcess;
let storage: string;
let url: string;
let token: string;
let port: number;
/** Calls that honest clients have stored. */
let stored = 0;
let startMb = 0;

const auth = () => ({ authorization: `Bearer ${token}` });
const record = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };

beforeAll(async () => {
  storage = await mkdtemp(join(tmpdir(), 'sl-abuse-'));
  child = spawn(process.execPath, [script, '--storage', storage, '--port', '0'], {
    // A home of its own, where nobody finds transcripts.
    env: { ...process.env, SPEND_LENS_TOKEN: '', HOME: storage, USERPROFILE: storage },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', chunk => resolve(String(chunk)));
    child.once('exit', code => reject(new Error(`The engine ended with ${code}.`)));
  });
  ({ url, token } = JSON.parse(line));
  port = Number(new URL(url).port);
  await postHonestly();
  startMb = (await readMemory()).now;
});

afterAll(async () => {
  child.kill('SIGKILL');
  await rm(storage, { recursive: true, force: true, maxRetries: 5 });
});

/** What an honest client does, within its patience. */
async function postHonestly(): Promise<void> {
  const since = performance.now();
  const answer = await fetch(`${url}/v1/usage`, { method: 'POST', headers: auth(), body: JSON.stringify(record) });
  expect(answer.status).toBe(200);
  stored += 1;
  expect(performance.now() - since).toBeLessThan(patienceMs);
}

/** Resident memory of the engine, MB; its peak is known on Linux only. */
async function readMemory(): Promise<{ now: number; peak: number | null }> {
  const { memory_mb: now } = (await (await fetch(`${url}/v1/diagnostics`, { headers: auth() })).json()) as {
    memory_mb: number;
  };
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return { now, peak: peak === undefined ? null : Number(peak) / 1024 };
}

interface Raw {
  readonly socket: Socket;
  /** All that came, once the other end has closed or so many ms are over. */
  read(withinMs?: number): Promise<string>;
  /** The status of the first answer, as soon as it is there; 0 when none came within 40 s. */
  status(): Promise<number>;
  readonly isClosed: () => boolean;
}

function openRaw(text: string | Buffer = ''): Raw {
  const socket = connect({ port, host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  let closed = false;
  socket.on('data', chunk => chunks.push(chunk));
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  if (text.length > 0) {
    socket.write(text);
  }
  return {
    socket,
    isClosed: () => closed,
    status: async () => {
      const seen = () => statusOf(Buffer.concat(chunks).toString('latin1'));
      for (const until = Date.now() + 40_000; seen() === 0 && !closed && Date.now() < until; ) {
        await sleep(10);
      }
      socket.destroy();
      return seen();
    },
    read: async (withinMs = 40_000) => {
      for (const until = Date.now() + withinMs; !closed && Date.now() < until; ) {
        await sleep(10);
      }
      socket.destroy();
      return Buffer.concat(chunks).toString('latin1');
    },
  };
}

const head = (...lines: string[]) =>
  [...lines, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`].join('\r\n');
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const post = (path: string, body: string | Uint8Array, headers = {}) =>
  fetch(`${url}${path}`, { method: 'POST', headers: { ...auth(), ...headers }, body: body as string });

/** A problem, or OTLP's Status. */
async function expectClean(answer: Response, statuses: readonly number[]): Promise<void> {
  expect(statuses).toContain(answer.status);
  const json = (await answer.json()) as Record<string, unknown>;
  expect(answer.status === 200 || typeof json.detail === 'string' || typeof json.message === 'string').toBe(true);
}

describe.concurrent('the engine, under abuse', () => {
  it('gives slow headers and slow bodies so long and no longer, and serves others meanwhile', {
    timeout: 90_000,
  }, async () => {
    const headers = Array.from({ length: 100 }, () => openRaw('POST /v1/usage HTTP/1.1\r\n'));
    const bodies = Array.from({ length: 50 }, () =>
      openRaw(`${head('POST /v1/usage HTTP/1.1', 'Content-Length: 1000000')}\r\n\r\n{`),
    );
    const drip = setInterval(() => {
      for (const { socket, isClosed } of [...headers, ...bodies]) {
        if (!isClosed()) {
          socket.write(headers.some(each => each.socket === socket) ? 'x-a: b\r\n' : ' ');
        }
      }
    }, 500);
    try {
      for (let index = 0; index < 10; index++) {
        await postHonestly();
        await sleep(200);
      }
      const slowHeaders = await Promise.all(headers.map(each => each.read(60_000)));
      expect(slowHeaders.map(statusOf)).toEqual(headers.map(() => 408));
      await postHonestly();
      const slowBodies = await Promise.all(bodies.map(each => each.read(80_000)));
      expect(slowBodies.map(statusOf)).toEqual(bodies.map(() => 408));
      expect(slowBodies[0]).toContain('application/problem+json');
    } finally {
      clearInterval(drip);
    }
  });

  it('holds 1,000 idle connections, serves others, and lets them go', { timeout: 90_000 }, async () => {
    const idle = Array.from({ length: 1000 }, () => openRaw());
    await Promise.all(
      idle.map(({ socket }) => new Promise(resolve => socket.once('connect', resolve).once('error', resolve))),
    );
    for (let index = 0; index < 20; index++) {
      await postHonestly();
    }
    expect((await readMemory()).now).toBeLessThan(startMb + maxGrowthMb);
    // What says nothing within the time for headers is closed.
    for (const until = Date.now() + 40_000; idle.some(({ isClosed }) => !isClosed()) && Date.now() < until; ) {
      await sleep(100);
    }
    expect(idle.filter(({ isClosed }) => !isClosed())).toHaveLength(0);
  });

  it('refuses decompression bombs of every coding', { timeout: 90_000 }, async () => {
    const zeros = Buffer.alloc(100 * 1024 * 1024);
    const codings: Record<string, Buffer> = {
      gzip: await promisify(gzip)(zeros),
      deflate: await promisify(deflate)(zeros),
      br: await promisify(brotliCompress)(zeros),
      zstd: await promisify(zstdCompress)(zeros),
    };
    codings['gzip, br'] = await promisify(brotliCompress)(codings.gzip ?? Buffer.alloc(0));
    codings['zstd, gzip'] = await promisify(gzip)(codings.zstd ?? Buffer.alloc(0));
    for (const path of ['/v1/usage', '/v1/logs', '/v1/estimate', '/v1/delete']) {
      for (const [coding, bomb] of Object.entries(codings)) {
        const headers = { 'content-encoding': coding, 'content-type': 'application/json' };
        const answers = await Promise.all([1, 2, 3].map(() => post(path, bomb, headers)));
        for (const answer of answers) {
          await expectClean(answer, [413]);
        }
      }
      await postHonestly();
    }
    // Codings upon codings.
    await expectClean(await post('/v1/usage', 'x', { 'content-encoding': Array(50).fill('gzip').join(', ') }), [415]);
  });

  it('refuses bodies that are too long, said or not', { timeout: 90_000 }, async () => {
    const said = openRaw(`${head('POST /v1/usage HTTP/1.1', 'Content-Length: 99999999999')}\r\n\r\n`);
    expect(await said.status()).toBe(413);
    const absurd = openRaw(`${head('POST /v1/usage HTTP/1.1', `Content-Length: ${'9'.repeat(40)}`)}\r\n\r\n`);
    expect([400, 413]).toContain(await absurd.status());
    // Chunks without end.
    const endless = openRaw(`${head('POST /v1/usage HTTP/1.1', 'Transfer-Encoding: chunked')}\r\n\r\n`);
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`;
    for (let index = 0; index < 100 && !endless.isClosed(); index++) {
      if (!endless.socket.write(chunk)) {
        await Promise.race([new Promise(resolve => endless.socket.once('drain', resolve)), sleep(1_000)]);
      }
    }
    expect(await endless.status()).toBe(413);
    const many = await Promise.all(Array.from({ length: 8 }, () => post('/v1/usage', ' '.repeat(17 * 1024 * 1024))));
    for (const answer of many) {
      await expectClean(answer, [413]);
    }
    await expectClean(await post('/v1/usage', JSON.stringify(Array(100_001).fill(record))), [413]);
    await postHonestly();
  });

  it('refuses huge sets of headers', { timeout: 90_000 }, async () => {
    const long = `${head('GET /v1/summary HTTP/1.1', `x-long: ${'a'.repeat(1_000_000)}`)}\r\n\r\n`;
    const many = `${head('GET /v1/summary HTTP/1.1', ...Array.from({ length: 100_000 }, (_, index) => `x-${index}: 1`))}\r\n\r\n`;
    const target = `GET /v1/summary?${'x=1&'.repeat(100_000)} HTTP/1.1\r\n\r\n`;
    for (const text of [long, many, target]) {
      const answers = await Promise.all([1, 2, 3, 4].map(() => openRaw(text).read(40_000)));
      expect(answers.map(statusOf)).toEqual([431, 431, 431, 431]);
      expect(answers[0]).toContain('application/problem+json');
    }
    // As many as are let in do no harm.
    const some = `${head('GET /v1/summary HTTP/1.1', ...Array.from({ length: 190 }, (_, index) => `x-${index}: ${'b'.repeat(100)}`), 'Connection: close')}\r\n\r\n`;
    expect(await openRaw(some).status()).toBe(200);
    await postHonestly();
  });

  it('survives deep JSON and protobuf', { timeout: 90_000 }, async () => {
    const depths = [10_000, 1_000_000];
    const nested = (open: string, close: string, depth: number, inner = '1') =>
      open.repeat(depth) + inner + close.repeat(depth);
    for (const depth of depths) {
      for (const body of [
        nested('[', ']', depth),
        nested('{"a":', '}', depth),
        `{"model":"m","input_tokens":${nested('[', ']', depth)}}`,
        nested('{"response":', '}', depth),
      ]) {
        for (const path of ['/v1/usage', '/v1/estimate', '/v1/check', '/v1/delete']) {
          await expectClean(await post(path, body), [200, 400, 413]);
        }
      }
      const value = nested('{"arrayValue":{"values":[', ']}}', depth, '{"intValue":1}');
      const logs = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"a","value":${value}}]}]}]}]}`;
      await expectClean(await post('/v1/logs', logs, { 'content-type': 'application/json' }), [200, 400, 413]);
    }
    // AnyValue in ArrayValue in AnyValue …, each a length and a tag around the one before.
    let any: Buffer = Buffer.from([0x18, 0x01]);
    for (let depth = 0; depth < 3_000; depth++) {
      any = wrap(5, wrap(1, any));
    }
    const attribute = wrap(6, Buffer.concat([wrap(1, Buffer.from('a')), wrap(2, any)]));
    const request = wrap(1, wrap(2, wrap(2, attribute)));
    const answer = await post('/v1/logs', request, { 'content-type': 'application/x-protobuf' });
    expect([200, 400]).toContain(answer.status);
    await postHonestly();
  });

  it('lets nobody change prototypes', async () => {
    const evil =
      '{"__proto__":{"polluted":1,"model":"evil","isAdmin":true},"constructor":{"prototype":{"polluted":1}}}';
    for (const path of ['/v1/usage', '/v1/estimate', '/v1/check', '/v1/delete', '/v1/logs', '/v1/import']) {
      const answer = await post(path, path === '/v1/import' ? `{"home":"/nowhere","x":${evil}}` : evil, {
        'content-type': 'application/json',
      });
      expect(answer.status).toBeLessThan(500);
      await answer.arrayBuffer();
    }
    expect(
      (await post('/v1/usage', '[{"__proto__":{"model":"gpt-4.1","input_tokens":1,"output_tokens":1}}]')).status,
    ).toBe(200);
    const query = '?period=today&__proto__[polluted]=1&group_by=__proto__';
    expect((await fetch(`${url}/v1/summary${query}`, { headers: auth() })).status).toBe(400);
    const answer = await post('/v1/usage', '{"input_tokens":1,"output_tokens":1}');
    // Without a model of its own: nobody gave it one.
    expect(((await answer.json()) as { rejected: { field: string }[] }).rejected[0]?.field).toBe('model');
    await postHonestly();
  });

  it('takes invalid UTF-8 for what it is', async () => {
    const bad = Buffer.from([0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80]);
    const body = Buffer.concat([Buffer.from('{"model":"'), bad, Buffer.from('"}')]);
    for (const path of ['/v1/usage', '/v1/estimate', '/v1/delete', '/v1/logs']) {
      await expectClean(await post(path, body, { 'content-type': 'application/json' }), [200, 400]);
    }
    for (const target of ['/v1/summary?period=%ff%fe', '/v1/records/%c0%af', '/t/%ff/v1/nowhere', '/%']) {
      expect([400, 401, 404]).toContain((await fetch(`${url}${target}`, { headers: auth() })).status);
    }
    const raw = Buffer.concat([
      Buffer.from('GET /v1/summary?x='),
      bad,
      Buffer.from(` HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\nx-a: `),
      bad,
      Buffer.from('\r\n\r\n'),
    ]);
    expect([200, 400]).toContain(await openRaw(raw).status());
    await postHonestly();
  });

  it('answers what is pipelined in order, and nothing that is smuggled', { timeout: 90_000 }, async () => {
    const one = (index: number) =>
      `${head(`GET /v1/records?limit=${index} HTTP/1.1`, ...(index === 501 ? ['Connection: close'] : []))}\r\n\r\n`;
    const answers = (await openRaw(Array.from({ length: 501 }, (_, index) => one(index + 1)).join('')).read(20_000))
      .split('HTTP/1.1 ')
      .slice(1);
    expect(answers.filter(answer => answer.startsWith('200')).length).toBe(501);

    const smuggled = `${head('POST /v1/usage HTTP/1.1', 'Content-Length: 6', 'Transfer-Encoding: chunked')}\r\n\r\n0\r\n\r\nGET /v1/records HTTP/1.1\r\n\r\n`;
    const doubled = `${head('POST /v1/usage HTTP/1.1', 'Content-Length: 2', 'Content-Length: 3')}\r\n\r\n{}`;
    const twoHosts = `${head('GET /v1/summary HTTP/1.1', 'Host: evil.example')}\r\n\r\n`;
    const badChunk = `${head('POST /v1/usage HTTP/1.1', 'Transfer-Encoding: chunked')}\r\n\r\nzz\r\n`;
    const notHttp = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';
    const statuses = await Promise.all(
      [smuggled, doubled, badChunk, notHttp].map(async text => await openRaw(text).status()),
    );
    expect(statuses).toEqual([400, 400, 400, 400]);
    expect([400, 403]).toContain(await openRaw(twoHosts).status());
    await postHonestly();
  });

  it('survives clients that hang up in the middle, of anything', { timeout: 90_000 }, async () => {
    const half = Array.from({ length: 300 }, (_, index) => {
      const kinds = [
        `${head('POST /v1/usage HTTP/1.1', 'Content-Length: 5000')}\r\n\r\n{"model":`,
        `${head('GET /v1/events HTTP/1.1')}\r\n\r\n`,
        `${head('GET /v1/database HTTP/1.1')}\r\n\r\n`,
        `${head('POST /gateway/nobody/v1/x HTTP/1.1', 'Content-Length: 5000')}\r\n\r\n{`,
      ];
      return openRaw(kinds[index % kinds.length]);
    });
    await sleep(300);
    for (const { socket } of half) {
      socket.resetAndDestroy();
    }
    await postHonestly();
  });
});

describe('the engine, after all that', () => {
  it('has the same process, bounded memory, and the totals that honest clients know', async () => {
    expect(child.exitCode).toBeNull();
    const { now, peak } = await readMemory();
    console.log(
      `resident memory: ${startMb} MB before, ${now} MB now${peak === null ? '' : `, ${peak.toFixed(0)} MB at most`}`,
    );
    expect(now).toBeLessThan(startMb + maxGrowthMb);
    expect(peak ?? 0).toBeLessThan(startMb + maxGrowthMb);
    const answer = await fetch(`${url}/v1/summary?group_by=model`, { headers: auth() });
    const { total } = (await answer.json()) as { total: { cost_usd: number } };
    expect(total).toMatchObject({ requests: stored, prompt_tokens: 1000 * stored, completion_tokens: 500 * stored });
    expect(total.cost_usd).toBeCloseTo(0.006 * stored, 9);
    child.kill('SIGTERM');
    expect(await new Promise(resolve => child.once('exit', resolve))).toBe(0);
  });
});

/** A length-delimited field of protobuf. */
function wrap(field: number, content: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) {
      return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), content]);
    }
  }
}
