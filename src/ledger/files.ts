import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

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

/** Makes renames and new files in a folder durable. Windows has no such call, its metadata is journaled. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    return;
  }
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all bytes at a position; a short write goes on where it stopped. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const result = await handle.write(bytes, written, bytes.length - written, position + written);
    if (result.bytesWritten === 0) {
      throw new StorageError('EIO', 'The disk took no bytes.');
    }
    written += result.bytesWritten;
  }
}

/** Writes a file and syncs its bytes. */
export async function writeFile(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const handle = await open(path, 'w', mode);
  try {
    await writeFully(handle, bytes, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file so that after a crash either the old or the new content is there, whole. Throws {@link StorageError}. */
export async function replaceFile(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, bytes, mode);
    await renamePatiently(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw StorageError.from(error);
  }
}

/** Renames over a file that a virus scanner or another reader may hold for a moment on Windows. */
export async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const isHeld = ['EPERM', 'EBUSY', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (process.platform !== 'win32' || !isHeld || attempt === 10) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, 20 * attempt));
    }
  }
}
