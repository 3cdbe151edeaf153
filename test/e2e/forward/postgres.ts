/** A real PostgreSQL on loopback in a temporary folder, that can be killed and started again on the same port. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Who PostgreSQL runs as where the tests run as root, which it refuses: nobody. */
const nobody = 65_534;
const runAs = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** The folder of PostgreSQL's programs: on the PATH, where Debian puts them, or Debian's package unpacked into a cache. Null without. */
export function findPostgres(): string | null {
  const onPath = (process.env.PATH ?? '').split(delimiter).find(folder => existsSync(join(folder, 'initdb')));
  return onPath ?? findIn('/usr/lib/postgresql') ?? unpackDebian();
}

function findIn(versions: string): string | null {
  const newest = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;
  const folder = newest && join(versions, newest, 'bin');
  return folder && existsSync(join(folder, 'initdb')) ? folder : null;
}

function unpackDebian(): string | null {
  const cache = join(tmpdir(), 'spend-lens-postgresql');
  const versions = join(cache, 'root/usr/lib/postgresql');
  if (!existsSync(versions)) {
    mkdirSync(cache, { recursive: true });
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    const found = spawnSync('apt-cache', ['depends', 'postgresql'], { encoding: 'utf8' }).stdout ?? '';
    const server = /Depends: (postgresql-\d+)/.exec(found)?.[1];
    const packages = server ? [server, server.replace('postgresql-', 'postgresql-client-'), 'libpq5'] : [];
    spawnSync('apt-get', ['download', ...packages], { cwd: cache, stdio: 'ignore' });
    for (const name of readdirSync(cache).filter(file => file.endsWith('.deb'))) {
      spawnSync('dpkg', ['-x', join(cache, name), join(cache, 'root')], { stdio: 'ignore' });
    }
  }
  return findIn(versions);
}

export class Postgres {
  readonly folder: string;
  readonly #bin: string;
  readonly #port: number;
  #server: ChildProcess | null = null;

  private constructor(bin: string, port: number) {
    this.#bin = bin;
    this.#port = port;
    this.folder = mkdtempSync(join(tmpdir(), 'spend-lens-pg-'));
    if (runAs.uid !== undefined) {
      chownSync(this.folder, nobody, nobody);
    }
  }

  /** A new server with the superuser `lead`, who needs no password. */
  static async start(bin: string): Promise<Postgres> {
    const postgres = new Postgres(bin, await freePort());
    const data = join(postgres.folder, 'data');
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'lead', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      ...runAs,
      cwd: postgres.folder,
      stdio: 'pipe',
    });
    await postgres.restart();
    return postgres;
  }

  url(user = 'lead', database = 'postgres'): string {
    return `postgresql://${user}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts the server again after {@link kill}; resolves when it answers. */
  async restart(): Promise<void> {
    const settings = {
      port: this.#port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      fsync: 'off',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#server = spawn(join(this.#bin, 'postgres'), ['-D', join(this.folder, 'data'), ...args], {
      ...runAs,
      cwd: this.folder,
      stdio: 'ignore',
    });
    for (const until = Date.now() + 30_000; ; await sleep(50)) {
      try {
        await this.query('SELECT 1');
        return;
      } catch (error) {
        if (Date.now() > until) {
          throw error;
        }
      }
    }
  }

  /** Ends the server without letting it finish anything, as a power cut would. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server && server.exitCode === null) {
      const gone = once(server, 'exit');
      // SIGQUIT is PostgreSQL's immediate shutdown: all backends end at once, nothing is written, the next start recovers.
      server.kill('SIGQUIT');
      await gone;
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into rows of all shapes
  async query(sql: string, values: readonly unknown[] = [], user = 'lead'): Promise<any[]> {
    const client = new pg.Client({ connectionString: this.url(user), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const result = await client.query(sql, [...values]);
      return result.rows;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
