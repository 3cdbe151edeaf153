import { describe, expect, it } from 'vitest';
import { ask, bearer, startEngine } from '../startEngine.ts';

describe('who is let in', () => {
  it('takes the token in any of three forms and no other', async () => {
    const { url, token } = await startEngine();
    const status = async (path: string, headers = {}) => (await ask(url, path, { headers })).status;
    expect(await status('/v1/summary', bearer(token))).toBe(200);
    expect(await status('/v1/summary', { 'x-spend-lens-token': token })).toBe(200);
    expect(await status(`/t/${token}/v1/summary`)).toBe(200);
    expect(await status(`/t/${token}/v1/summary?period=week`, bearer('sk-of-a-provider'))).toBe(200);
    expect(await status(`/v1/summary?token=${token}`)).toBe(401);
    expect(await status('/v1/summary', { authorization: `Basic ${token}` })).toBe(401);
    expect(await status('/v1/summary', bearer(`${token}x`))).toBe(401);
    expect(await status('/v1/summary', bearer(token.slice(0, -1)))).toBe(401);
    expect(await status('/t/wrong/v1/summary')).toBe(401);
    expect(await status('/t//v1/summary')).toBe(401);
  });

  it('takes the target in absolute form, if that names the loopback too', async () => {
    const { url, token } = await startEngine();
    expect((await ask(url, `${url}/t/${token}/v1/summary?period=week`)).json.total.requests).toBe(0);
    expect((await ask(url, 'http://localhost?x')).status).toBe(401);
    expect((await ask(url, `http://evil.example/t/${token}/v1/summary`)).json).toMatchObject({
      status: 403,
      field: 'host',
    });
    expect((await ask(url, `http://127.0.0.1@evil.example/healthz`)).status).toBe(403);
  });

  it('answers HEAD as GET, without a body', async () => {
    const { url, token } = await startEngine();
    const head = await ask(url, '/v1/summary', { method: 'HEAD', headers: bearer(token) });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
    expect((await ask(url, '/healthz', { method: 'HEAD' })).status).toBe(200);
    const events = await ask(url, '/v1/events', { method: 'HEAD', headers: bearer(token) });
    expect(events).toMatchObject({ status: 200, text: '' });
    expect(events.headers['content-type']).toContain('text/event-stream');
    const wrong = await ask(url, '/v1/usage', { method: 'HEAD', headers: bearer(token) });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST']);
    expect((await ask(url, '/v1/summary', { method: 'PUT', headers: bearer(token) })).headers.allow).toBe('GET, HEAD');
  });

  it('says why and how with 401', async () => {
    const { url } = await startEngine({ token: 'secret-of-this-test' });
    const answer = await ask(url, '/v1/summary');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      field: 'authorization',
    });
    expect(answer.text).not.toContain('secret');
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:80', '[::1]', '[::1]:1234', '127.0.0.1:1'])(
    'takes Host %s',
    async host => {
      const { url } = await startEngine();
      expect((await ask(url, '/healthz', { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.',
    'localhost:x',
    '0.0.0.0',
    '[::2]',
    'a@localhost',
  ])('refuses Host "%s" before it looks at the token', async host => {
    const { url, token } = await startEngine();
    const answer = await ask(url, '/v1/summary', { headers: { host, ...bearer(token) } });
    expect(answer.status).toBe(403);
    expect(answer.json.field).toBe('host');
    expect((await ask(url, '/healthz', { headers: { host } })).status).toBe(403);
  });

  it.each(['null', 'http://127.0.0.1', 'https://evil.example', 'vscode-webview://x', ''])(
    'refuses Origin "%s" even with the token',
    async origin => {
      const { url, token } = await startEngine();
      const answer = await ask(url, '/v1/summary', { headers: { origin, ...bearer(token) } });
      expect(answer.status).toBe(403);
      expect(answer.json.field).toBe('origin');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('answers /healthz without a token and without figures', async () => {
    const { url } = await startEngine();
    const { json } = await ask(url, '/healthz');
    expect(Object.keys(json).sort()).toEqual(['last_record', 'status', 'version']);
  });

  it('tells paths and methods it does not know apart, to those with a token only', async () => {
    const { url, token } = await startEngine();
    const headers = bearer(token);
    expect((await ask(url, '/nothing')).status).toBe(401);
    expect((await ask(url, '/nothing', { headers })).json).toMatchObject({ status: 404, field: 'path' });
    expect((await ask(url, '//evil.example/v1/summary', { headers })).status).toBe(404);
    expect((await ask(url, '/v1/windows/w', { method: 'PUT', headers, body: '{}' })).status).toBe(404);
    const wrong = await ask(url, '/v1/usage', { headers });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe('POST');
    expect(wrong.json).toMatchObject({ title: 'Method Not Allowed', field: 'method' });
  });
});
