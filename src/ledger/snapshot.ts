import { copyFile, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Database } from './database.ts';
import { renamePatiently, replaceFile, StorageError, syncFolder, writeFile } from './files.ts';
import { readSchemaVersion, rejectNewerSchema } from './schema.ts';

export const databaseName = 'usage.sqlite';
const previousName = 'usage.previous.sqlite';
const checksumsName = 'snapshots.json';

/** What a snapshot file must look like, and the newest journal line it holds. */
interface Checksum {
  readonly sequence: number;
  readonly size: number;
  readonly crc32: number;
}

interface SnapshotFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const selectSequence = "SELECT value FROM meta WHERE key = 'sequence'";

export interface LoadedSnapshot {
  readonly db: Database;
  /** Journal lines up to this one are in the database. */
  readonly sequence: number;
  readonly warnings: readonly string[];
}

/** `usage.sqlite`, the one before it, and the checksums by which a damaged one is told. */
export class SnapshotFiles {
  readonly #folder: string;
  /** Of the newest file, the one before it, and one more, which a crash between two renames may have left in place. */
  #checksums: readonly Checksum[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Sequence held by the older of the two snapshots: journal lines after it must be kept. */
  get safeSequence(): number {
    return this.#checksums[1]?.sequence ?? 0;
  }

  /**
   * Opens the newest snapshot that its checksum proves, else the newest that SQLite finds sound, else an empty database. A file
   * that fails is set aside with its bytes, never overwritten. Throws `NewerSchemaError` for one written by a newer program.
   */
  async load(now: number): Promise<LoadedSnapshot> {
    this.#checksums = await this.#readChecksums();
    const unproven: SnapshotFile[] = [];
    let chosen: SnapshotFile | undefined;
    for (const name of [databaseName, previousName]) {
      const bytes = await readFile(join(this.#folder, name)).catch(ignoreMissing);
      if (bytes && this.#proofOf(bytes)) {
        chosen = { name, bytes };
        break;
      }
      if (bytes) {
        unproven.push({ name, bytes });
      }
    }
    chosen ??= await firstMatch(unproven, ({ bytes }) => isSound(bytes));
    const warnings: string[] = [];
    for (const { name } of unproven) {
      // A file without any checksum beside it is not damaged, only unproven (a folder copied by hand).
      if (name !== chosen?.name || this.#checksums.length > 0) {
        warnings.push(await this.#setAside(name, name === chosen?.name, now));
      }
    }
    const proof = chosen && this.#proofOf(chosen.bytes);
    this.#checksums = proof ? this.#checksums.slice(this.#checksums.indexOf(proof)) : [];
    const db = await Database.open(chosen?.bytes);
    rejectNewerSchema(readSchemaVersion(db));
    const sequence = chosen ? (db.get<{ value: number }>(selectSequence)?.value ?? 0) : 0;
    return { db, sequence, warnings };
  }

  /**
   * Writes the database as the new `usage.sqlite`; the one before it stays until the next time. At every moment a crash leaves a
   * file that its checksum proves. Throws {@link StorageError}, then the old files stand.
   */
  async write(bytes: Uint8Array, sequence: number): Promise<void> {
    const path = join(this.#folder, databaseName);
    const checksums = [{ sequence, size: bytes.length, crc32: crc32(bytes) }, ...this.#checksums.slice(0, 2)];
    try {
      await writeFile(`${path}.tmp`, bytes);
      await replaceFile(join(this.#folder, checksumsName), Buffer.from(JSON.stringify(checksums)));
      await renamePatiently(path, join(this.#folder, previousName)).catch(ignoreMissing);
      await renamePatiently(`${path}.tmp`, path);
      await syncFolder(this.#folder);
    } catch (error) {
      throw StorageError.from(error);
    }
    this.#checksums = checksums;
  }

  #proofOf(bytes: Uint8Array): Checksum | undefined {
    return this.#checksums.find(({ size, crc32: expected }) => size === bytes.length && expected === crc32(bytes));
  }

  async #setAside(name: string, isUsed: boolean, now: number): Promise<string> {
    const path = join(this.#folder, name);
    const aside = `${path}.damaged-${now}`;
    await (isUsed ? copyFile(path, aside) : rename(path, aside));
    return isUsed
      ? `${name} was changed outside Spend Lens or damaged, and no better copy is left. It is used as it is and was kept as ${basename(aside)}.`
      : `${name} was changed outside Spend Lens or damaged. It was kept as ${basename(aside)} and rebuilt from the journal.`;
  }

  async #readChecksums(): Promise<readonly Checksum[]> {
    const text = await readFile(join(this.#folder, checksumsName), 'utf8').catch(ignoreMissing);
    try {
      return text ? JSON.parse(text) : [];
    } catch {
      return [];
    }
  }
}

async function isSound(bytes: Uint8Array): Promise<boolean> {
  try {
    const db = await Database.open(bytes);
    try {
      return db.isSound();
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

async function firstMatch<T>(items: readonly T[], matches: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items) {
    if (await matches(item)) {
      return item;
    }
  }
  return undefined;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
