import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Database } from '../tables/database.ts';
import { readSchemaVersion, schemaVersion } from '../tables/schema.ts';
import { type Disk, realDisk } from './disk.ts';
import { ignoreMissing, renamePatiently, replaceFile, StorageError, writeFile } from './files.ts';
import { LiveBytes } from './liveBytes.ts';
import { type Checksum, parseChecksums } from './snapshotChecksums.ts';

export const databaseName = 'usage.sqlite';
const previousName = 'usage.previous.sqlite';
const checksumsName = 'snapshots.json';

export interface LoadedSnapshot {
  readonly db: Database;
  /** Journal lines up to this one are in the database. */
  readonly sequence: number;
  readonly warnings: readonly string[];
}

/** `usage.sqlite`, the one before it, and the checksums by which a damaged one is told. */
export class SnapshotFiles {
  readonly #folder: string;
  readonly #disk: Disk;
  /** What `usage.sqlite` and its predecessor hold; null where there is none, or one that nothing proves. */
  #current: Checksum | null = null;
  #previous: Checksum | null = null;

  constructor(folder: string, disk: Disk = realDisk) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Sequence held by the older of the two snapshots: journal lines after it must be kept. */
  get safeSequence(): number {
    return this.#previous?.sequence ?? 0;
  }

  /**
   * Opens the newest snapshot that its checksum proves, else the newest that SQLite finds sound, else an empty database. A file
   * that is damaged, or of a newer program, is set aside with its bytes, never overwritten, and reported.
   */
  async load(now: number): Promise<LoadedSnapshot> {
    const { checksums, warnings } = await this.#readChecksums(now);
    let chosen: { readonly name: string; readonly db: Database } | null = null;
    const unproven: string[] = [];
    for (const name of [databaseName, previousName]) {
      // The second one is only looked at, in pieces: two large files at once would be too much memory.
      const bytes: LiveBytes | null | undefined = chosen ? null : await this.#read(name);
      const found = chosen ? await this.#measure(name) : bytes && { size: bytes.length, crc32: crc32(bytes) };
      const proof = found && checksums.find(known => known.size === found.size && known.crc32 === found.crc32);
      if (proof && (!bytes || (await this.#isKnown(name, bytes, now)))) {
        chosen ??= { name, db: await Database.open(bytes ?? undefined) };
        this.#accept(name, proof);
      } else if (found && !proof) {
        unproven.push(name);
      }
    }
    for (const name of chosen ? [] : unproven) {
      const bytes = await this.#read(name);
      const found = bytes && { size: bytes.length, crc32: crc32(bytes) };
      const db = bytes && (await openSound(bytes));
      if (found && db && (await this.#isKnown(name, bytes, now))) {
        chosen = { name, db };
        this.#accept(name, { ...found, sequence: readSequence(db) });
        break;
      }
    }
    for (const name of unproven) {
      // Without any checksum a file that is as good as the one chosen is not damaged, only unproven (a folder copied by hand).
      const isSuspect = name !== chosen?.name && !(name === previousName && chosen?.name === databaseName);
      if (isSuspect || checksums.length > 0) {
        warnings.push(...(await this.#setAside(name, name === chosen?.name, now)));
      }
    }
    warnings.push(...(await this.#listNewer()));
    return chosen
      ? { db: chosen.db, sequence: readSequence(chosen.db), warnings }
      : { db: await Database.open(), sequence: 0, warnings };
  }

  /**
   * Writes the database as the new `usage.sqlite`; the one before it stays until the next time. At every moment a crash leaves a
   * file that its checksum proves. Throws {@link StorageError}, then the old files stand.
   */
  async write(bytes: Uint8Array, sequence: number): Promise<void> {
    const disk = this.#disk;
    const path = join(this.#folder, databaseName);
    const temporary = `${path}.tmp`;
    const written: Checksum = { sequence, size: bytes.length, crc32: crc32(bytes) };
    // All that may be found in either place, wherever the next lines are cut short.
    const checksums = [written, this.#current, this.#previous].filter(checksum => checksum !== null);
    try {
      await writeFile(temporary, bytes, 0o600, disk);
      await replaceFile(join(this.#folder, checksumsName), Buffer.from(JSON.stringify(checksums)), 0o600, disk);
      if (await renameIfThere(path, join(this.#folder, previousName), disk)) {
        this.#previous = this.#current;
        this.#current = null;
      }
      await renamePatiently(temporary, path, disk);
      this.#current = written;
      await disk.syncFolder(this.#folder);
    } catch (error) {
      await disk.unlink(temporary).catch(() => undefined);
      throw StorageError.from(error);
    }
  }

  #accept(name: string, checksum: Checksum): void {
    if (name === databaseName) {
      this.#current = checksum;
    } else {
      this.#previous = checksum;
    }
  }

  #read(name: string): Promise<LiveBytes | undefined> {
    return LiveBytes.gather(this.#disk.read(join(this.#folder, name))).catch(ignoreMissing);
  }

  /** What a file looks like; undefined when there is none. */
  async #measure(name: string): Promise<Pick<Checksum, 'size' | 'crc32'> | undefined> {
    let size = 0;
    let sum = 0;
    try {
      for await (const piece of this.#disk.read(join(this.#folder, name))) {
        size += piece.length;
        sum = crc32(piece, sum);
      }
    } catch (error) {
      return ignoreMissing(error as NodeJS.ErrnoException);
    }
    return { size, crc32: sum };
  }

  /** False for a database of a newer program, which is then out of the way. */
  async #isKnown(name: string, bytes: Uint8Array, now: number): Promise<boolean> {
    if (userVersion(bytes) <= schemaVersion) {
      return true;
    }
    await this.#disk.rename(join(this.#folder, name), join(this.#folder, `${name}.newer-${now}`));
    return false;
  }

  /** Said at every start: as long as such a file waits, the figures are not complete. */
  async #listNewer(): Promise<string[]> {
    const names = (await this.#disk.list(this.#folder)).filter(name => name.includes('.newer-'));
    return names.map(
      name =>
        `${name} was written by a newer version of Spend Lens and is not counted here. Update Spend Lens; to count it again, rename it to ${databaseName}.`,
    );
  }

  async #setAside(name: string, isUsed: boolean, now: number): Promise<string[]> {
    const path = join(this.#folder, name);
    const aside = `${path}.damaged-${now}`;
    if (isUsed) {
      await this.#disk.copy(path, aside);
      return [
        `${name} was changed outside Spend Lens or damaged, and no better copy is left. It is used as it is and was kept as ${basename(aside)}.`,
      ];
    }
    // Gone already when it turned out to be of a newer program.
    return (await renameIfThere(path, aside, this.#disk))
      ? [
          `${name} was changed outside Spend Lens or damaged. It was kept as ${basename(aside)} and rebuilt from the journal.`,
        ]
      : [];
  }

  /** Reads the checksums; a file that does not hold any is set aside. */
  async #readChecksums(now: number): Promise<{ checksums: readonly Checksum[]; warnings: string[] }> {
    const bytes = await this.#read(checksumsName);
    const checksums = bytes ? parseChecksums(Buffer.from(bytes).toString('utf8')) : [];
    if (checksums) {
      return { checksums, warnings: [] };
    }
    const aside = `${checksumsName}.damaged-${now}`;
    await this.#disk.rename(join(this.#folder, checksumsName), join(this.#folder, aside));
    const warning = `${checksumsName} was damaged and kept as ${aside}; the database was checked by SQLite instead.`;
    return { checksums: [], warnings: [warning] };
  }
}

/** False when there is nothing to rename. */
async function renameIfThere(from: string, to: string, disk: Disk): Promise<boolean> {
  return renamePatiently(from, to, disk).then(
    () => true,
    error => ignoreMissing(error) ?? false,
  );
}

/** The newest journal line that a database holds. */
function readSequence(db: Database): number {
  return db.get<{ value: number }>("SELECT value FROM meta WHERE key = 'sequence'")?.value ?? 0;
}

/** The database of a ledger, if SQLite finds the bytes to be one. */
async function openSound(bytes: LiveBytes): Promise<Database | null> {
  try {
    const db = await Database.open(bytes);
    // Version 0 is an empty file, or a database of somebody else.
    if (db.isSound() && readSchemaVersion(db) > 0) {
      return db;
    }
    db.close();
  } catch {
    // Not a database at all.
  }
  return null;
}

/** `PRAGMA user_version` of a database file (sqlite.org/fileformat.html, "The Database Header", offset 60). */
function userVersion(bytes: Uint8Array): number {
  return bytes.length < 100 ? 0 : Buffer.from(bytes.subarray(0, 100)).readUInt32BE(60);
}
