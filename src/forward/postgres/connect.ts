import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { Pool, type PoolConfig } from 'pg';
import type { ForwardDestination } from '../../contributions.ts';

/**
 * What begins a transaction in which no statement takes longer than a minute. Not a setting of the connection: a pooler such as PgBouncer
 * refuses those it does not know.
 */
export const limitedBegin = (begin: 'BEGIN' | 'BEGIN READ ONLY'): string =>
  `${begin}; SET LOCAL statement_timeout = '60s'`;

/**
 * A pool of at most two connections for a destination, which connects when it is asked something. `password` null leaves it to
 * `PGPASSWORD` or `~/.pgpass`, as every PostgreSQL program does. Throws when the file of certificates can't be read.
 */
export async function openPool(config: ForwardDestination, password: string | null): Promise<Pool> {
  const pool = new Pool({ ...(await poolConfig(config, password)) });
  // A connection that dies between two queries: who asks next gets a new one, or the error.
  pool.on('error', ignore);
  pool.on('connect', client => client.on('error', ignore));
  return pool;
}

function ignore(): void {}

async function poolConfig({ url, tls, caFile }: ForwardDestination, password: string | null): Promise<PoolConfig> {
  const { hostname, port, username, pathname, searchParams } = new URL(url);
  const ca = caFile === undefined ? undefined : [...rootCertificates, await readFile(caFile, 'utf8')];
  return {
    // `postgresql:///usage?host=/var/run/postgresql` names a socket.
    host: searchParams.get('host') ?? decodeURIComponent(hostname),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' ? {} : { user: decodeURIComponent(username) }),
    ...(pathname.length > 1 ? { database: decodeURIComponent(pathname.slice(1)) } : {}),
    ...(password === null ? {} : { password }),
    ssl: tls === 'off' ? false : { rejectUnauthorized: true, ...(ca ? { ca } : {}) },
    max: 2,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 65_000,
    keepAlive: true,
    application_name: 'spend-lens',
    // Does not keep the engine alive.
    allowExitOnIdle: true,
  };
}
