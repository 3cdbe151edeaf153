import { dirname } from 'node:path';
import { type Disk, type DiskFile, realDisk } from './disk.ts';

/** Raised when the disk refuses; `code` is the system's (`ENOSPC`, `EIO` …). */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** Wraps whatever a file operation threw. */
  static from(error: unknown): StorageError {
    const { code, message } = error as NodeJS.ErrnoException;
    return error instanceof StorageError ? error : new StorageError(code ?? 'EIO', message);
  }

  /** True when the disk or the quota is full, so that trying again later can help. */
  get isFull(): boolean {
    return this.code === 'ENOSPC' || this.code === 'EDQUOT';
  }
}

/** Writes all bytes at a position; a short write goes on where it stopped. */
export async function writeFully(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const taken = await file.write(bytes, written, position + written);
    if (taken === 0) {
      throw new StorageError('EIO', 'The disk took no bytes.');
    }
    written += taken;
  }
}

/** Writes a file and syncs its bytes; one that could not be written whole is removed. */
export async function writeFile(path: string, bytes: Uint8Array, mode = 0o600, disk = realDisk): Promise<void> {
  const file = await disk.create(path, mode);
  try {
    try {
      await writeFully(file, bytes, 0);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (error) {
    // Half a file is of no use, and on a full disk it takes the room that the journal needs.
    await disk.unlink(path).catch(() => undefined);
    throw error;
  }
}

/** Replaces a file so that after a crash either the old or the new content is there, whole. Throws {@link StorageError}. */
export async function replaceFile(path: string, bytes: Uint8Array, mode = 0o600, disk = realDisk): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, bytes, mode, disk);
    await renamePatiently(temporary, path, disk);
    await disk.syncFolder(dirname(path));
  } catch (error) {
    await disk.unlink(temporary).catch(() => undefined);
    throw StorageError.from(error);
  }
}

/** Renames over a file that a virus scanner or another reader may hold for a moment on Windows. */
export async function renamePatiently(from: string, to: string, disk: Disk): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await disk.rename(from, to);
    } catch (error) {
      const isHeld = ['EPERM', 'EBUSY', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (process.platform !== 'win32' || !isHeld || attempt === 10) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, 20 * attempt));
    }
  }
}

/** For `catch`: a file that is not there reads as undefined. Throws any other error. */
export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
