import type { Pool, PoolClient } from 'pg';
import type { ForwardDestination } from '../../contributions.ts';
import { noSums } from '../../core/sums.ts';
import type { Delivery, Destination, DisclosedSums } from '../delivery.ts';
import { type Columns, callColumns, goneColumns, sumsColumns } from './columns.ts';
import { limitedBegin, openPool } from './connect.ts';
import { isUnknownToServer, readMigration } from './migration.ts';
import { askRights, insertOnly, type Rights, type Statements, withUpdate } from './statements.ts';

/** Asked at each connection anew, since a password may change; null leaves it to the environment and `~/.pgpass`. */
type ReadPassword = () => string | null;

/**
 * Stores deliveries in PostgreSQL, each in one transaction. The tables are made with the first delivery where the role may make them;
 * else an administrator runs `schema.sql` beforehand. Errors never hold the password.
 */
export class PostgresDestination implements Destination {
  readonly #config: ForwardDestination;
  readonly #readPassword: ReadPassword;
  #pool: { readonly pool: Pool; readonly password: string | null } | null = null;
  #statements: Statements | null = null;

  constructor(config: ForwardDestination, readPassword: ReadPassword) {
    this.#config = config;
    this.#readPassword = readPassword;
  }

  async deliver({ calls, gone, buckets }: Delivery): Promise<void> {
    const client = await (await this.#connect()).connect();
    let broken: Error | undefined;
    try {
      this.#statements ??= await prepareTables(client);
      const statements = this.#statements;
      const sums = buckets.flatMap(({ sums: rows, ...bucket }) =>
        (rows.length > 0 ? rows : [nothing]).map(row => ({ ...bucket, ...row })),
      );
      await client.query(limitedBegin('BEGIN'));
      await write(client, statements.calls, callColumns, calls);
      await write(client, statements.gone, goneColumns, gone);
      if (statements.clearSums !== null) {
        await write(client, statements.clearSums, sumsColumns, sums);
      }
      await write(client, statements.sums, sumsColumns, sums);
      await client.query('COMMIT');
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      // Tables and rights may be others when it is tried again.
      this.#statements = null;
      throw new Error(explain(broken));
    } finally {
      // A connection on which something failed is not used again: its transaction ends with it.
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool?.pool.end();
    this.#pool = null;
  }

  async #connect(): Promise<Pool> {
    const password = this.#readPassword();
    if (this.#pool === null || this.#pool.password !== password) {
      await this.close();
      this.#pool = { pool: await openPool(this.#config, password), password };
    }
    return this.#pool.pool;
  }
}

/** Takes the place of the sums that were told of a quarter of an hour in which no call is left. */
const nothing: DisclosedSums = { model: null, team: null, project: null, userId: null, sums: noSums };

async function write<T>(
  client: PoolClient,
  statement: string,
  columns: Columns<T>,
  items: readonly T[],
): Promise<void> {
  if (items.length > 0) {
    await client.query(statement, [JSON.stringify(items.map(item => columns.toRow(item)))]);
  }
}

async function prepareTables(client: PoolClient): Promise<Statements> {
  const rights = async () => (await client.query<Rights>(askRights)).rows[0];
  let found = await rights();
  if (!found?.exists) {
    const failure = await makeTables(client).catch((error: Error) => error);
    found = await rights();
    // Another engine may have made them at the same time.
    if (failure && !found?.exists) {
      throw new Error(
        `The tables are missing and could not be made (${failure.message}). Ask for schema.sql to be run.`,
      );
    }
  }
  if (!found?.can_update && !found?.has_triggers) {
    throw new Error(
      'The tables have no triggers, so this role needs SELECT, UPDATE and DELETE on api_usage and api_usage_sums, too.',
    );
  }
  return found.can_update ? withUpdate : insertOnly;
}

/** With partitions and triggers where the server has them. */
async function makeTables(client: PoolClient): Promise<void> {
  const { whole, plain } = await readMigration();
  try {
    await runScript(client, whole);
  } catch (error) {
    if (!isUnknownToServer(error)) {
      throw error;
    }
    await runScript(client, plain);
  }
}

async function runScript(client: PoolClient, script: string): Promise<void> {
  try {
    await client.query(script);
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** What failed, for people; the driver's errors name hosts and tables, never passwords. */
function explain(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const inner = error instanceof AggregateError ? error.errors.map(({ message }) => message).join(', ') : error.message;
  return `${inner || code || 'unknown error'}`.replace(/\.?$/, '.');
}
