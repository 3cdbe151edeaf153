import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The nearest folder above a root that is there, where the root is not: that it is made must be seen. Looks no higher than the home
 * folder; nothing for a root elsewhere.
 */
export async function findAncestors(root: string, home: string): Promise<string[]> {
  if (await isFolder(root)) {
    return [];
  }
  for (let folder = dirname(root); folder === home || folder.startsWith(home); folder = dirname(folder)) {
    if (await isFolder(folder)) {
      return [folder];
    }
    if (folder === home) {
      break;
    }
  }
  return [];
}

/** Folders by their last change, newest first; those that are gone last. */
export async function newestFirst(folders: readonly string[]): Promise<string[]> {
  const times = await Promise.all(
    folders.map(async path => ({ path, time: (await stat(path).catch(() => null))?.mtimeMs ?? 0 })),
  );
  return times.sort((a, b) => b.time - a.time).map(({ path }) => path);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
