import { connect } from 'node:net';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ask, bearer, sixMills, startEngine } from '../startEngine.ts';

const text = JSON.stringify(sixMills);
const bomb = Buffer.alloc(64 * 1024 * 1024, ' ');

const encoders: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', bytes => zlib.gzipSync(bytes)],
  ['x-gzip', bytes => zlib.gzipSync(bytes)],
  ['deflate', bytes => zlib.deflateSync(bytes)],
  ['br', bytes => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ['zstd', bytes => zlib.zstdCompressSync(bytes)],
];

describe('bodies', () => {
  it.each(encoders)('reads %s and stops its bombs', async (encoding, encode) => {
    const { url, token } = await startEngine();
    const headers = { ...bearer(token), 'content-encoding': encoding };
    const good = await ask(url, '/v1/usage', { headers, body: encode(Buffer.from(text)) });
    expect(good.json).toMatchObject({ accepted: 1, records: [{ cost_usd: 0.006 }] });

    const stopped = await ask(url, '/v1/usage', { headers, body: encode(bomb) });
    expect(stopped.status).toBe(413);
    expect(stopped.json).toMatchObject({ title: 'Payload Too Large', field: 'body' });

    const broken = await ask(url, '/v1/usage', { headers, body: 'not that' });
    expect(broken.json).toMatchObject({ status: 400, field: 'content-encoding' });
  });

  it('reads raw deflate, stacked codings, identity and a byte order mark', async () => {
    const { url, token } = await startEngine();
    const post = async (encoding: string, body: Buffer) =>
      (await ask(url, '/v1/usage', { headers: { ...bearer(token), 'content-encoding': encoding }, body })).json
        .accepted;
    expect(await post('deflate', zlib.deflateRawSync(text))).toBe(1);
    expect(await post('gzip, br', zlib.brotliCompressSync(zlib.gzipSync(text)))).toBe(1);
    expect(await post('identity', Buffer.from(`\uFEFF${text}`))).toBe(1);
  });

  it('reads every frame of zstd, and stops a bomb of many', async () => {
    const { url, token } = await startEngine();
    const headers = { ...bearer(token), 'content-encoding': 'zstd' };
    const frames = [`${text}\n`, text, ''].map(part => zlib.zstdCompressSync(part));
    const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
    const answer = await ask(url, '/v1/usage', { headers, body: Buffer.concat([skippable, ...frames]) });
    expect(answer.json).toMatchObject({ accepted: 2 });
    const part = zlib.zstdCompressSync(Buffer.alloc(6 * 1024 * 1024, ' '));
    expect((await ask(url, '/v1/usage', { headers, body: Buffer.concat([part, part, part]) })).status).toBe(413);
    for (const body of [Buffer.concat([...frames, Buffer.from('rest')]), Buffer.alloc(0)]) {
      expect((await ask(url, '/v1/usage', { headers, body })).status).toBe(400);
    }
  });

  it('refuses encodings it does not know, and more of them than anyone stacks', async () => {
    const { url, token } = await startEngine();
    for (const encoding of ['compress', 'gzip, snappy', 'gzip, gzip, gzip, gzip', '__proto__']) {
      const answer = await ask(url, '/v1/usage', {
        headers: { ...bearer(token), 'content-encoding': encoding },
        body: 'x',
      });
      expect(answer.json).toMatchObject({ status: 415, field: 'content-encoding' });
      expect(answer.headers['accept-encoding']).toBe('gzip, deflate, br, zstd');
    }
  });

  it('refuses long bodies, announced or not, and its answer can be read', async () => {
    const { url, token } = await startEngine();
    const body = Buffer.alloc(17 * 1024 * 1024, ' ');
    for (let n = 0; n < 8; n++) {
      const announced = await ask(url, '/v1/usage', { headers: { ...bearer(token), connection: 'close' }, body });
      expect(announced.status).toBe(413);
    }
    const chunked = await ask(url, '/v1/usage', {
      headers: { ...bearer(token), 'transfer-encoding': 'chunked' },
      body,
    });
    expect(chunked.status).toBe(413);
    expect((await ask(url, '/healthz')).status).toBe(200);
  });

  it('takes a body of 15 MB', async () => {
    const { url, token } = await startEngine();
    const body = `${text}${' '.repeat(15 * 1024 * 1024)}`;
    expect((await ask(url, '/v1/usage', { headers: bearer(token), body })).json.accepted).toBe(1);
  });

  it('leaves without waiting long for a body that does not come', async () => {
    const { url, token, engine } = await startEngine();
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`POST /t/${token}/v1/usage HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{`),
    );
    socket.on('error', () => {});
    await new Promise(resolve => setTimeout(resolve, 50));
    const begin = performance.now();
    engine.stop('test');
    expect(await engine.left).toBe(true);
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  it('outlives clients that break off', async () => {
    const { url, token, log } = await startEngine();
    const { port } = new URL(url);
    for (const head of ['POST /v1/usage', 'GET /v1/events']) {
      await new Promise<void>(resolve => {
        const socket = connect(Number(port), '127.0.0.1', () => {
          socket.write(
            `${head} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n{"model"`,
            () => setTimeout(() => resolve(socket.resetAndDestroy() && undefined), 30),
          );
        });
        socket.on('error', () => {});
      });
    }
    await new Promise(resolve => setTimeout(resolve, 50));
    expect((await ask(url, '/v1/usage', { headers: bearer(token), body: text })).json.accepted).toBe(1);
    expect(log.filter(line => line.startsWith('error'))).toEqual([]);
  });

  it('answers what is not HTTP, and headers without end, with a problem', async () => {
    const { url } = await startEngine();
    const { port } = new URL(url);
    const talk = (bytes: string) =>
      new Promise<string>(resolve => {
        let heard = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
        socket.on('data', chunk => {
          heard += chunk;
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(heard));
      });
    expect(await talk('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*"status":400/);
    expect(await talk(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*32 KiB/,
    );
    expect(await talk('OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"field":"path"/,
    );
    expect(await talk('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*"field":"host"/,
    );
    expect(await talk('GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(
      await talk('GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 403 /);
  });
});
