import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NetworkSettings } from '../../src/api/contract.ts';
import { makeFolder, startProcess, waitForEngineFile } from './engineProcess.ts';
import { makeCertificates, type PrivateCertificates, startProvider, startProxy } from './privateNetwork.ts';

interface Network {
  readonly certificates: PrivateCertificates;
  readonly provider: number;
}

async function makeNetwork(): Promise<Network> {
  const certificates = makeCertificates(await makeFolder());
  return { certificates, provider: await startProvider(certificates) };
}

interface Answer {
  readonly status: number;
  readonly message: string;
}

async function ask(url: string, token: string, name = 'openai'): Promise<Answer> {
  const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] });
  const answer = await fetch(`${url}/gateway/${name}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-spend-lens-token': token, authorization: 'Bearer sk' },
    body,
  });
  const json = (await answer.json()) as { error?: { message: string }; id?: string };
  return { status: answer.status, message: json.error?.message ?? json.id ?? '' };
}

const clean = { HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '', http_proxy: '', https_proxy: '', no_proxy: '' };

/** A standalone engine with this environment, whose upstream is `https://provider.test`. */
async function startWithEnv(env: Record<string, string>, upstreams: Record<string, string> = {}) {
  const folder = await makeFolder();
  const settings = join(folder, 'settings.json');
  await writeFile(
    settings,
    JSON.stringify({ gateway: { upstreams: { openai: 'https://provider.test', ...upstreams } } }),
  );
  const engine = startProcess(['--storage', join(folder, 'store'), '--port', '0', '--settings', settings], {
    ...clean,
    ...env,
  });
  const { url, token } = await engine.greeting;
  return { engine, url, token };
}

/** The windows' engine, as a window with these settings registers. */
async function startWithSettings(network: Partial<NetworkSettings>, env: Record<string, string>) {
  const storage = await makeFolder();
  startProcess(['windows', '--storage', storage], { ...clean, ...env });
  const { url, token } = await waitForEngineFile(storage);
  const register = async (changed: Partial<NetworkSettings>) => {
    const settings = { gateway: { upstreams: { openai: 'https://provider.test' } } };
    const whole = { proxy: '', strictSSL: true, noProxy: [], systemCertificates: true, ...changed };
    const answer = await fetch(`${url}/v1/windows/w1`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ workspace: null, settings, network: whole }),
    });
    expect(answer.status).toBe(200);
  };
  await register(network);
  return { url, token, register, readLog: () => readFile(join(storage, 'engine.log'), 'utf8') };
}

const connect = (isAllowed = true) => ({ method: 'CONNECT', url: 'provider.test:443', isAllowed });

describe('the gateway’s way through a proxy', () => {
  it('is that of HTTPS_PROXY, with the certificates of the system', async () => {
    const { certificates, provider } = await makeNetwork();
    const proxy = await startProxy(provider);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    const trusting = await startWithEnv({ ...env, SSL_CERT_FILE: certificates.authority });
    expect(await ask(trusting.url, trusting.token)).toEqual({ status: 200, message: 'chatcmpl-1' });
    expect(proxy.seen).toEqual([connect()]);
    const headers = { 'x-spend-lens-token': trusting.token };
    const summarize = async () => (await fetch(`${trusting.url}/v1/summary`, { headers })).json();
    // A call is recorded when its answer has gone.
    await expect.poll(summarize).toMatchObject({ total: { requests: 1, prompt_tokens: 1000, cost_usd: 0.006 } });
    const extra = await startWithEnv({ ...env, NODE_EXTRA_CA_CERTS: certificates.authority });
    expect((await ask(extra.url, extra.token)).status).toBe(200);
    const strange = await startWithEnv(env);
    expect(await ask(strange.url, strange.token)).toEqual({
      status: 502,
      message: "Spend Lens can't reach openai at https://provider.test: UNABLE_TO_VERIFY_LEAF_SIGNATURE.",
    });
  });

  it('leaves out what NO_PROXY names, and this computer', async () => {
    const { certificates, provider } = await makeNetwork();
    const proxy = await startProxy(provider);
    const plain = await startProvider(null);
    const { url, token } = await startWithEnv(
      {
        HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
        NO_PROXY: 'example.com,.test',
        SSL_CERT_FILE: certificates.authority,
      },
      { ollama: `http://127.0.0.1:${plain}`, near: `https://127.0.0.1:${provider}`, far: 'http://far.example' },
    );
    // Nobody but the proxy knows that name.
    expect(await ask(url, token)).toMatchObject({
      status: 502,
      message: expect.stringMatching(/: (ENOTFOUND|EAI_AGAIN)\.$/),
    });
    expect((await ask(url, token, 'ollama')).status).toBe(200);
    expect((await ask(url, token, 'near')).status).toBe(200);
    expect(proxy.seen).toEqual([]);
    // Plain HTTP goes through the proxy without a tunnel.
    const plainProxy = await startProxy(plain);
    const other = await startWithEnv({ HTTP_PROXY: `127.0.0.1:${plainProxy.port}` }, { far: 'http://far.example' });
    expect((await ask(other.url, other.token, 'far')).status).toBe(200);
    expect(plainProxy.seen).toEqual([
      { method: 'POST', url: 'http://far.example/v1/chat/completions', isAllowed: true },
    ]);
  });

  it('is that of VS Code’s settings, which windows tell, whatever the environment says', async () => {
    const { certificates, provider } = await makeNetwork();
    const proxy = await startProxy(provider, 'ann:PLANTED/secret');
    const user = `ann:${encodeURIComponent('PLANTED/secret')}`;
    const proxied = { proxy: `http://${user}@127.0.0.1:${proxy.port}` };
    const { url, token, register, readLog } = await startWithSettings(proxied, {
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: 'provider.test',
      SSL_CERT_FILE: certificates.authority,
    });
    // The environment's exceptions hold while the settings name none.
    expect((await ask(url, token)).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    await register({ ...proxied, noProxy: ['other.test'] });
    expect((await ask(url, token)).status).toBe(200);
    expect(proxy.seen).toEqual([connect()]);
    await register({ ...proxied, noProxy: ['test'] });
    expect((await ask(url, token)).status).toBe(200);
    await register({ ...proxied, noProxy: ['other.test'], systemCertificates: false });
    expect((await ask(url, token)).message).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    await register({ ...proxied, noProxy: ['other.test'], systemCertificates: false, strictSSL: false });
    expect((await ask(url, token)).status).toBe(200);
    await register({ proxy: `http://ann:PLANTED@127.0.0.1:${proxy.port}`, noProxy: ['other.test'] });
    expect(await ask(url, token)).toEqual({
      status: 502,
      message:
        `Spend Lens can't reach openai at https://provider.test: the proxy http://127.0.0.1:${proxy.port} refuses with 407; ` +
        'it wants a user name and password, or others than those in its URL.',
    });
    await register({ proxy: null });
    expect((await ask(url, token)).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    await register({ proxy: 'socks5://ann:PLANTED@127.0.0.1:9' });
    expect((await ask(url, token)).message).toContain(
      "the proxy socks5://127.0.0.1:9 is of a kind that Spend Lens can't use",
    );
    const log = await readLog();
    expect(log).toContain('certificates are not verified');
    expect(log).not.toContain('PLANTED');
  });

  it('says that the proxy is down', async () => {
    const { url, token } = await startWithEnv({ HTTPS_PROXY: 'http://ann:PLANTED@127.0.0.1:1' });
    expect(await ask(url, token)).toEqual({
      status: 502,
      message:
        "Spend Lens can't reach openai at https://provider.test: the proxy http://127.0.0.1:1 can't be reached: ECONNREFUSED.",
    });
  });

  it('may be encrypted itself', async () => {
    const { certificates, provider } = await makeNetwork();
    const proxy = await startProxy(provider, '', certificates);
    const { url, token } = await startWithEnv({
      HTTPS_PROXY: `https://127.0.0.1:${proxy.port}`,
      SSL_CERT_FILE: certificates.authority,
    });
    expect(await ask(url, token)).toEqual({ status: 200, message: 'chatcmpl-1' });
    expect(proxy.seen).toEqual([connect()]);
  });
});
