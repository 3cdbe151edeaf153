import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Watches folders for what changes in them. */
export interface FolderWatch {
  /** Watches a folder, at once, so that nothing is missed between listing it and watching it. */
  add(folder: string): void;
  /** Watches no others than these. */
  keepOnly(folders: ReadonlySet<string>): void;
  readonly size: number;
  close(): void;
}

export interface FolderWatchOptions {
  /** Called with what changed; its folder where the system does not say. */
  readonly onChange: (path: string) => void;
  /** So many folders are watched at most: the system's watches are shared by all of the user's programs. */
  readonly limit: number;
  /** Called when the system refuses to watch, for want of watches. */
  readonly onRefused: (error: Error) => void;
}

/**
 * One watch per folder, none per file and none that looks into folders below: what Linux has (inotify), and everywhere little enough to
 * be without harm in a home folder. It keeps no process alive.
 */
export function createFolderWatch({ onChange, limit, onRefused }: FolderWatchOptions): FolderWatch {
  const watchers = new Map<string, FSWatcher>();

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    add: folder => {
      if (watchers.has(folder) || watchers.size >= limit) {
        return;
      }
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          onChange(name === null ? folder : join(folder, name));
        });
        watchers.set(folder, watcher);
        watcher.on('error', () => {
          drop(folder);
          onChange(folder);
        });
      } catch (error) {
        // A folder that is not there is no refusal.
        if (
          error instanceof Error &&
          'code' in error &&
          !['ENOENT', 'ENOTDIR', 'EACCES'].includes(String(error.code))
        ) {
          onRefused(error);
        }
      }
    },
    keepOnly: folders => {
      for (const folder of [...watchers.keys()].filter(path => !folders.has(path))) {
        drop(folder);
      }
    },
    get size() {
      return watchers.size;
    },
    close: () => {
      for (const folder of [...watchers.keys()]) {
        drop(folder);
      }
    },
  };
}
