import type { Pool } from 'pg';
import type { ForwardDestination } from '../../contributions.ts';
import type { Range } from '../../core/sums.ts';
import type { TeamKey } from '../../core/teamKeys.ts';
import { periodRange } from '../../core/time/calendar.ts';
import { limitedBegin, openPool } from './connect.ts';
import {
  budgetQuery,
  parseBudget,
  parseSums,
  type Query,
  sumQuery,
  type TeamBudget,
  type TeamFilter,
  type TeamSums,
} from './teamQueries.ts';

/** The role may not read, or the tables are not there: nothing a retry would mend. */
export class TeamAccessError extends Error {
  override readonly name = 'TeamAccessError';
}

/** Codes of PostgreSQL (Appendix A): insufficient_privilege, undefined_table. */
const accessCodes = ['42501', '42P01'];

/**
 * A year of a large team is some ten thousand sums of a million rows. By its defaults PostgreSQL sorts the rows on disk, and compiles
 * the question for longer than it then takes; both cost more than half of the time. In one transaction, so that it fits a pooler; where
 * a setting is unknown or more generous already, it stays.
 */
const beginReading = `${limitedBegin('BEGIN READ ONLY')};
  SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '64MB' END, true) FROM pg_settings
    WHERE CASE name WHEN 'work_mem' THEN setting::bigint < 65536 ELSE name = 'jit' END`;

/** Reads what all engines of a team sent. All sums are made by the database. */
export class TeamReader {
  readonly #config: ForwardDestination;
  readonly #readPassword: () => string | null;
  #pool: Promise<Pool> | null = null;

  constructor(config: ForwardDestination, readPassword: () => string | null) {
    this.#config = config;
    this.#readPassword = readPassword;
  }

  /** The sums of a range, as a whole without keys. Throws {@link TeamAccessError}, and the driver's errors. */
  async sum(range: Range, keys: readonly TeamKey[], filter: TeamFilter, zone: string): Promise<TeamSums[]> {
    const query = sumQuery(range, keys, filter, zone);
    const rows = await this.#query(query);
    return rows.map(row => parseSums(row, keys, query.slots));
  }

  /** The lead's budgets with what was spent of each by now; empty where the role may not read them. */
  async budgets(nowMs: number, zone: string): Promise<TeamBudget[]> {
    const begin = (period: 'today' | 'week' | 'month') => periodRange(period, nowMs, zone).fromMs;
    const query = budgetQuery({ day: begin('today'), week: begin('week'), month: begin('month') });
    try {
      return (await this.#query(query)).map(parseBudget);
    } catch (error) {
      if (error instanceof TeamAccessError) {
        return [];
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => null);
    this.#pool = null;
    await pool?.end();
  }

  async #query({ text, values }: Query): Promise<Record<string, string | null>[]> {
    this.#pool ??= openPool(this.#config, this.#readPassword());
    try {
      const client = await (await this.#pool).connect();
      let broken: Error | undefined;
      try {
        await client.query(beginReading);
        const { rows } = await client.query(text, [...values]);
        await client.query('COMMIT');
        return rows;
      } catch (error) {
        broken = error instanceof Error ? error : new Error(String(error));
        throw broken;
      } finally {
        // A connection on which something failed is not used again: its transaction ends with it.
        client.release(broken);
      }
    } catch (error) {
      // The next one connects anew: the password may be another one.
      await this.close();
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== undefined && accessCodes.includes(code)) {
        throw new TeamAccessError(`${message}.`);
      }
      throw error;
    }
  }
}
