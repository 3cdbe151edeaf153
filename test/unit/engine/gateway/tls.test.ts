import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ask, makeFolder } from '../startEngine.ts';
import { startGateway } from './fakeProvider.ts';

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;

it.skipIf(!hasOpenSsl)(
  'trusts no certificate that the system does not, and says so in the provider’s shape',
  async () => {
    const folder = await makeFolder();
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
      {
        stdio: 'ignore',
      },
    );
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.end('{}'),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const gateway = await startGateway({ anthropic: origin });
    const answer = await ask(gateway.url, `${gateway.base}/anthropic/v1/messages`, { body: '{}' });
    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({
      type: 'error',
      error: { message: `Spend Lens can't reach anthropic at ${origin}: DEPTH_ZERO_SELF_SIGNED_CERT.` },
    });
  },
);
