import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A certificate authority that only this test knows, and a certificate of it. */
export interface PrivateCertificates {
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
}

/** Makes an authority and a certificate for `provider.test` and 127.0.0.1 in a folder, by `openssl`. */
export function makeCertificates(folder: string): PrivateCertificates {
  const at = (name: string) => join(folder, name);
  const run = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  run(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=Test authority',
    '-days',
    '2',
  );
  run('req', ...newKey, '-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=provider.test');
  writeFileSync(at('names'), 'subjectAltName=DNS:provider.test,IP:127.0.0.1\n');
  const signing = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    at('names'),
  ];
  run('x509', '-req', '-in', at('server.csr'), ...signing, '-out', at('server.pem'));
  return { authority: at('ca.pem'), key: at('server.key'), certificate: at('server.pem') };
}

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
};

/** A provider on 127.0.0.1 that answers every call alike; with certificates by TLS. Its port. */
export async function startProvider(certificates: PrivateCertificates | null): Promise<number> {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion)),
    );
  };
  const server = certificates
    ? createServer({ key: readFileSync(certificates.key), cert: readFileSync(certificates.certificate) }, answer)
    : createPlainServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export interface ProxyProcess {
  readonly port: number;
  /** What it was asked for. */
  readonly seen: { readonly method: string; readonly url: string; readonly isAllowed: boolean }[];
}

/** A forward proxy for which every host is 127.0.0.1:`target`; see `proxyServer.ts`. */
export async function startProxy(target: number, user = '', tls?: PrivateCertificates): Promise<ProxyProcess> {
  const args = [
    join(import.meta.dirname, 'proxyServer.ts'),
    String(target),
    user,
    ...(tls ? [tls.key, tls.certificate] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen: ProxyProcess['seen'] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The proxy ended with ${code}.`)));
    createInterface(child.stdout).on('line', line => {
      const told = JSON.parse(line);
      if (told.port) {
        resolve(told.port);
      } else {
        seen.push(told);
      }
    });
  });
  return { port, seen };
}
