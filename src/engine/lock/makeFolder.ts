import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, for the user alone; one that is there stays as it is. Throws the system's error. Node's
 * own `recursive` never ends where a system says that a folder's parent is missing although it is there (`/proc`).
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) {
      throw error;
    }
    await makeFolder(parent);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // A drive's root, or a folder on a disk that is read-only, is refused with other codes than EEXIST.
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) {
      throw error;
    }
  }
}
