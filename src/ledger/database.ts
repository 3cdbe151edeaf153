import initSqlJs, { type Database as SqlJsDatabase, type SqlValue, type Statement } from 'sql.js';

export type { SqlValue };

/** Raised when the bytes given are no usable database. */
export class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError';
}

/**
 * Gives the memory of a large buffer back at once instead of at some later collection; the buffer is empty afterwards. A ledger
 * of a million calls is a hundred megabytes, and a copy that lingers would double the process.
 */
export function releaseBytes(bytes: Uint8Array): void {
  // A small Buffer is a slice of a pool that others use.
  if (bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) {
    bytes.buffer.transfer(0);
  }
}

/** sql.js behind a small door: statements are prepared once and kept, rows come back typed by the caller. */
export class Database {
  readonly #db: SqlJsDatabase;
  readonly #statements = new Map<string, Statement>();

  private constructor(db: SqlJsDatabase) {
    this.#db = db;
  }

  /** Opens a database from the bytes of its file, which are its own from then on, or an empty one. Throws {@link DamagedDatabaseError} for bytes that are none. */
  static async open(bytes?: Uint8Array): Promise<Database> {
    // The wasm file is found beside the library's own script: in node_modules from source, in dist/ when bundled.
    const sql = await initSqlJs();
    const db = new sql.Database(bytes);
    try {
      // The file on disk is only ever a snapshot, so SQLite's own journal and syncs would be work for nothing.
      db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;');
      db.exec('SELECT count(*) FROM sqlite_schema');
    } catch (error) {
      db.close();
      throw new DamagedDatabaseError(`Not a usable SQLite database: ${(error as Error).message}`);
    }
    return new Database(db);
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#prepared(sql).run(values);
  }

  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    const statement = this.#prepared(sql);
    try {
      statement.bind(values);
      return statement.step() ? (statement.getAsObject() as Row) : undefined;
    } finally {
      statement.reset();
    }
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    const statement = this.#prepared(sql);
    const rows: Row[] = [];
    try {
      statement.bind(values);
      while (statement.step()) {
        rows.push(statement.getAsObject() as Row);
      }
      return rows;
    } finally {
      statement.reset();
    }
  }

  /** The bytes of the whole database file. Throws inside an open transaction. */
  export(): Uint8Array {
    return this.#db.export();
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
    const pages = this.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    const bytes = this.get<{ page_size: number }>('PRAGMA page_size')?.page_size ?? 0;
    return pages * bytes;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
