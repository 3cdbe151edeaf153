/** Portkey's gateway, unpacked with what it needs into the system's temporary folder, never into ours. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from '../serverProcess.ts';

export const portkeyVersion = '1.15.2';

/** Path of its server; null where the registry can't be reached. */
export function findPortkey(): string | null {
  const folder = join(tmpdir(), `spend-lens-bench-portkey-${portkeyVersion}`);
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(script)) {
    mkdirSync(folder, { recursive: true });
    // With the newest version of this part, which npm would choose, its streams end with 500.
    const manifest = { private: true, overrides: { '@hono/node-server': '1.13.8' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    // Without install scripts: its own patches a package that is not part of the server.
    const args = [
      'install',
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
      `@portkey-ai/gateway@${portkeyVersion}`,
    ];
    spawnSync('npm', args, { cwd: folder, stdio: 'ignore' });
  }
  return existsSync(script) ? script : null;
}

/** Starts it on a port that was free just now. Throws when it does not come up. */
export async function startPortkey(script: string, port: number): Promise<ServerProcess> {
  const from = performance.now();
  const child = spawn(process.execPath, [script, `--port=${port}`, '--headless'], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  for (const until = Date.now() + 20_000; !(await isOpen(port)); ) {
    if (Date.now() > until || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error('Portkey’s gateway did not come up.');
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  return {
    port,
    pid: child.pid ?? 0,
    startMs: performance.now() - from,
    stop: () =>
      new Promise(resolve => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
