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

interface Prepared {
  readonly statement: Statement;
  /** Names of its columns. */
  readonly names: readonly string[];
}

/** sql.js behind a small door: statements are prepared once and kept, rows come back typed by the caller. */
export class Database {
  readonly #db: SqlJsDatabase;
  readonly #statements = new Map<string, Prepared>();

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
    this.#prepared(sql).statement.run(values);
  }

  /** The first row, or undefined. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.#read<Row>(sql, values, 1)[0];
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#read<Row>(sql, values, Number.POSITIVE_INFINITY);
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
