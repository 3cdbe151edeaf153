import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';

/** A file open for writing. Everything may throw the system's error (`ENOSPC`, `EIO`, `EACCES` …). */
export interface DiskFile {
  /** Writes bytes from `offset` on at a position of the file; gives how many were taken, which may be fewer. */
  write(bytes: Uint8Array, offset: number, position: number): Promise<number>;
  /** Makes the bytes durable. */
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every file operation of a ledger goes through here, so that a test can put a disk in its place that is full, breaks, or forgets
 * at a power cut what was not synced. Everything may throw the system's error.
 */
export interface Disk {
  /** Makes an empty file, or empties the one that is there. */
  create(path: string, mode: number): Promise<DiskFile>;
  /** The file's bytes in pieces. */
  read(path: string): AsyncIterable<Buffer>;
  /** Names of what is in a folder. */
  list(folder: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes a folder of this user alone, with those above it; one that is there is fine. */
  makeFolder(folder: string): Promise<void>;
  /** Makes renames, new files and removals in a folder durable. */
  syncFolder(folder: string): Promise<void>;
}

/** Bytes read at a time. */
const pieceBytes = 1024 * 1024;

/** The computer's own. */
export const realDisk: Disk = {
  create: async (path, mode) => new RealFile(await open(path, 'w', mode)),
  read: path => createReadStream(path, { highWaterMark: pieceBytes }),
  list: folder => readdir(folder),
  rename: (from, to) => rename(from, to),
  copy: (from, to) => copyFile(from, to),
  unlink: path => unlink(path),
  makeFolder: async folder => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  syncFolder: async folder => {
    // Windows has no such call; its metadata is journaled.
    if (process.platform !== 'win32') {
      const handle = await open(folder, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  },
};

class RealFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(bytes: Uint8Array, offset: number, position: number): Promise<number> {
    return (await this.#handle.write(bytes, offset, bytes.length - offset, position)).bytesWritten;
  }

  datasync(): Promise<void> {
    return this.#handle.datasync();
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
