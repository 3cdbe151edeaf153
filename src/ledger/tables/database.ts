import initSqlJs, { type Database as SqlJsDatabase, type SqlJsStatic, type SqlValue, type Statement } from 'sql.js';
import { LiveBytes } from '../disk/liveBytes.ts';

export type { SqlValue };

/** Raised when the bytes given are no usable database. */
export class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError';
}

interface Prepared {
  readonly statement: Statement;
  /** Names of its columns. */
  readonly names: readonly string[];
}

const pageBytes = 4096;
/** Room kept free behind the last page: a quarter of the database within these bounds, in bytes. */
const leastRoom = 1024 * 1024;
const mostRoom = 16 * 1024 * 1024;
/** Where a database's header holds its change counter and its pages (sqlite.org/fileformat.html, "The Database Header"). */
const counterOffset = 24;
const pagesOffset = 28;

/** sql.js behind a small door: statements are prepared once and kept, rows come back typed by the caller. */
export class Database {
  readonly #sql: SqlJsStatic;
  #db: SqlJsDatabase;
  #live: LiveBytes;
  readonly #statements = new Map<string, Prepared>();

  private constructor(sql: SqlJsStatic, live: LiveBytes) {
    this.#sql = sql;
    this.#live = live;
    this.#db = openLive(sql, live);
  }

  /**
   * Opens a database from the bytes of its file, which are the database's own from then on, or an empty one. Throws
   * {@link DamagedDatabaseError} for bytes that are none.
   */
  static async open(bytes?: LiveBytes): Promise<Database> {
    // The wasm file is found beside the library's own script: in node_modules from source, in dist/ when bundled.
    const sql = await initSqlJs();
    return new Database(sql, bytes?.length ? bytes : makeEmpty(sql));
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#prepared(sql).statement.run(values);
  }

  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#read<Row>(sql, values, 1)[0];
  }

  /** Whether there is any row. */
  has(sql: string, ...values: SqlValue[]): boolean {
    const { statement } = this.#prepared(sql);
    try {
      statement.bind(values);
      return statement.step();
    } finally {
      statement.reset();
    }
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#read<Row>(sql, values, Number.POSITIVE_INFINITY);
  }

  /** Makes room for what a transaction may add, so that the file need not move. To be called between transactions. */
  reserve(): void {
    const size = this.size();
    if (new DataView(this.#live.buffer).getUint32(pagesOffset) * pageBytes !== size) {
      // It moved all the same: at home again at once it is there twice while it is small, not when it has grown.
      this.#moveHome();
    }
    const room = Math.min(mostRoom, Math.max(leastRoom, Math.floor(size / 4)));
    if (this.#live.length - size < room / 2) {
      this.#live.grow(Math.max(this.#live.length, size + room));
    }
  }

  /** The bytes of the database file where they lie: good until the next change. To be called between transactions. */
  image(): Uint8Array {
    if (!this.#isLive()) {
      this.#moveHome();
    }
    return this.#live.subarray(0, this.size());
  }

  /** True when SQLite finds the file's structure sound. */
  isSound(): boolean {
    try {
      return this.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check === 'ok';
    } catch {
      return false;
    }
  }

  /** Size of the database in bytes. */
  size(): number {
    return (this.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0) * pageBytes;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
    this.#live.release();
  }

  /** Whether SQLite's file is still ours: a change that changes nothing must show in our bytes. */
  #isLive(): boolean {
    const header = new DataView(this.#live.buffer);
    const before = header.getUint32(counterOffset);
    const version = this.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
    this.#db.exec(`PRAGMA user_version = ${version}`);
    return header.getUint32(counterOffset) !== before && header.getUint32(pagesOffset) * pageBytes === this.size();
  }

  /** The library moved the file (it outgrew its room in one transaction): it is moved into bytes of ours again. */
  #moveHome(): void {
    const live = LiveBytes.copyOf(this.#db.export());
    this.#statements.clear();
    this.#db.close();
    this.#live.release();
    this.#live = live;
    this.#db = openLive(this.#sql, live);
  }

  #read<Row>(sql: string, values: SqlValue[], limit: number): Row[] {
    const { statement, names } = this.#prepared(sql);
    const rows: Row[] = [];
    try {
      statement.bind(values);
      while (rows.length < limit && statement.step()) {
        // The library's own getAsObject asks SQLite for the names again with every row.
        const row: Record<string, SqlValue> = {};
        for (const [index, value] of statement.get().entries()) {
          row[names[index] ?? ''] = value;
        }
        rows.push(row as Row);
      }
      return rows;
    } finally {
      statement.reset();
    }
  }

  #prepared(sql: string): Prepared {
    let prepared = this.#statements.get(sql);
    if (!prepared) {
      const statement = this.#db.prepare(sql);
      prepared = { statement, names: statement.getColumnNames() };
      this.#statements.set(sql, prepared);
    }
    return prepared;
  }
}

function openLive(sql: SqlJsStatic, live: LiveBytes): SqlJsDatabase {
  const db = new sql.Database(live);
  try {
    // The file on disk is only ever a snapshot, so SQLite's own journal and syncs would be work for nothing.
    db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
    db.exec('SELECT count(*) FROM sqlite_schema');
    return db;
  } catch (error) {
    db.close();
    throw new DamagedDatabaseError(`Not a usable SQLite database: ${(error as Error).message}`);
  }
}

/** The bytes of a database without tables; a file of no bytes could not be shared. */
function makeEmpty(sql: SqlJsStatic): LiveBytes {
  const db = new sql.Database();
  db.exec(`PRAGMA page_size = ${pageBytes}; CREATE TABLE t (x); DROP TABLE t; VACUUM;`);
  const bytes = LiveBytes.copyOf(db.export());
  db.close();
  return bytes;
}
