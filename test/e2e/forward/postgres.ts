/** A real PostgreSQL on loopback in a temporary folder, that can be killed and started again on the same port. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { SmallDisk } from '../smallDisk.ts';
import { unpackDebian } from './unpackDebian.ts';

/** Who PostgreSQL runs as where the tests run as root, which it refuses: nobody. */
export const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
export const asNobody: readonly string[] = isRoot
  ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  : [];

/** The folder of PostgreSQL's programs: on the PATH, where Debian puts them, or Debian's package unpacked into a cache. Null without. */
export function findPostgres(): string | null {
  const onPath = (process.env.PATH ?? '').split(delimiter).find(folder => existsSync(join(folder, 'initdb')));
  return onPath ?? findIn('/usr/lib/postgresql') ?? unpackPostgres();
}

function findIn(versions: string): string | null {
  const newest = existsSync(versions) ? readdirSync(versions).sort().at(-1) : undefined;
  const folder = newest && join(versions, newest, 'bin');
  return folder && existsSync(join(folder, 'initdb')) ? folder : null;
}

function unpackPostgres(): string | null {
  const root = unpackDebian('spend-lens-postgresql', () => {
    const found = spawnSync('apt-cache', ['depends', 'postgresql'], { encoding: 'utf8' }).stdout ?? '';
    const server = /Depends: (postgresql-\d+)/.exec(found)?.[1];
    return server ? [server, server.replace('postgresql-', 'postgresql-client-'), 'libpq5'] : [];
  });
  return findIn(join(root, 'usr/lib/postgresql'));
}

export interface ServerOptions {
  /** Another disk than the temporary folder's. */
  readonly disk?: SmallDisk | undefined;
  /** Of `postgresql.conf`, instead of those that keep a test's server small. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

export class Postgres {
  readonly folder: string;
  readonly #bin: string;
  readonly #port: number;
  /** A command that runs the rest of its arguments, e.g. where a disk is small. */
  readonly #prefix: readonly string[];
  readonly #settings: Readonly<Record<string, string>>;
  #server: ChildProcess | null = null;

  private constructor(bin: string, port: number, folder: string, { disk, settings = {} }: ServerOptions) {
    this.#bin = bin;
    this.#port = port;
    this.#prefix = disk?.prefix ?? [];
    this.#settings = settings;
    this.folder = folder;
  }

  /** A new server with the superuser `lead`, who needs no password. */
  static async start(bin: string, { disk, settings }: ServerOptions = {}): Promise<Postgres> {
    const folder = disk?.path ?? mkdtempSync(join(tmpdir(), 'spend-lens-pg-'));
    if (isRoot) {
      chownSync(disk?.seenFrom ?? folder, nobody, nobody);
    }
    const postgres = new Postgres(bin, await freePort(), folder, { disk, settings });
    postgres.#initialize(disk !== undefined);
    await postgres.restart();
    return postgres;
  }

  url(user = 'lead', database = 'postgres'): string {
    return `postgresql://${user}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts the server again after {@link kill}; resolves when it answers. */
  async restart(): Promise<void> {
    const settings = {
      max_wal_size: '4MB',
      min_wal_size: '2MB',
      port: this.#port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.folder,
      fsync: 'off',
      ...this.#settings,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [command = '', ...args] = this.#commandLine('postgres', ['-D', join(this.folder, 'data'), ...options]);
    // Each of these becomes the next one, so the process is the server itself.
    this.#server = spawn(command, args, { stdio: 'ignore', cwd: tmpdir() });
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

  /** Making a cluster takes longer than copying one that was made before; to another disk nothing is copied. */
  #initialize(isElsewhere: boolean): void {
    const data = join(this.folder, 'data');
    const make = (folder: string) => {
      const options = ['-U', 'lead', '-A', 'trust', '-E', 'UTF8', '--wal-segsize=1', '--no-sync'];
      const [command = '', ...args] = this.#commandLine('initdb', ['-D', folder, ...options]);
      execFileSync(command, args, { stdio: 'pipe' });
    };
    if (isElsewhere) {
      make(data);
      return;
    }
    const name = createHash('sha256').update(this.#bin).digest('hex').slice(0, 8);
    const template = join(tmpdir(), `spend-lens-pg-${name}-${process.getuid?.() ?? 'user'}`);
    if (!existsSync(template)) {
      make(data);
      execFileSync('cp', ['-a', data, `${template}.${process.pid}`]);
      renameSync(`${template}.${process.pid}`, template);
    } else {
      execFileSync('cp', ['-a', template, data]);
    }
  }

  #commandLine(program: string, args: readonly string[]): string[] {
    return [...this.#prefix, ...asNobody, join(this.#bin, program), ...args];
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
