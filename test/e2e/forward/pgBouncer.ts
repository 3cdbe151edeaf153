/** A real PgBouncer on loopback in front of a PostgreSQL, with transaction pooling. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { asNobody, freePort, nobody, type Postgres } from './postgres.ts';
import { unpackDebian } from './unpackDebian.ts';

interface Program {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** On the PATH, where Debian puts it, or Debian's package unpacked into a cache. Null without. */
export function findPgBouncer(): Program | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const installed = folders.map(folder => join(folder, 'pgbouncer')).find(path => existsSync(path));
  if (installed) {
    return { path: installed, env: process.env };
  }
  const root = unpackDebian('spend-lens-pgbouncer', () => ['pgbouncer', 'libc-ares2', 'libevent-2.1-7']);
  const path = join(root, 'usr/sbin/pgbouncer');
  const libraries = spawnSync('find', [root, '-name', 'lib*.so*', '-printf', '%h\\n'], { encoding: 'utf8' }).stdout;
  const env = { ...process.env, LD_LIBRARY_PATH: [...new Set(libraries.split('\n'))].filter(Boolean).join(':') };
  return existsSync(path) && spawnSync(path, ['--version'], { env }).status === 0 ? { path, env } : null;
}

/** The server's URL through a pooler of at most `connections`, which is gone when the test is. */
export async function startPgBouncer(program: Program, postgres: Postgres, connections: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'spend-lens-pool-'));
  const server = new URL(postgres.url());
  const port = await freePort();
  writeFileSync(join(folder, 'users.txt'), '"lead" ""\n');
  const file = join(folder, 'pgbouncer.ini');
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: connections,
    max_db_connections: connections,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(file, `[databases]\n* = host=127.0.0.1 port=${server.port}\n[pgbouncer]\n${lines.join('\n')}\n`);
  if (asNobody.length > 0) {
    chownSync(folder, nobody, nobody);
  }
  const [command = '', ...args] = [...asNobody, program.path, '-q', file];
  const pooler = spawn(command, args, { stdio: 'ignore', env: program.env });
  const ended = once(pooler, 'exit');
  onTestFinished(async () => {
    pooler.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  server.port = String(port);
  return server.href;
}
