import { dirname } from 'node:path';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { type FolderName, isInside, nameFolder } from './folderNames.ts';

/** Which ledger the work in a folder belongs to: that of the workspace with the innermost folder around it. */
export interface FolderLedgers {
  /** The workspace of a ledger has these folders now. */
  set(live: LiveLedger, folders: readonly string[]): void;
  /** Null for a folder that no known workspace holds. */
  find(cwd: string | null): LiveLedger | null;
  /** The first folder of the workspace that VS Code keeps in this storage folder; null for one that no window has opened. */
  firstFolder(storage: string): string | null;
}

/** Remembers the folders of workspaces, also of those whose windows have gone: their ledgers stay open. */
export function createFolderLedgers(platform = process.platform): FolderLedgers {
  const known = new Map<LiveLedger, readonly FolderName[]>();
  const first = new Map<LiveLedger, string | null>();
  return {
    set: (live, folders) => {
      first.set(live, folders.find(folder => folder !== '') ?? null);
      known.set(
        live,
        folders.filter(folder => folder !== '').map(folder => nameFolder(folder, platform)),
      );
    },
    find: cwd => {
      const inner = cwd === null ? null : nameFolder(cwd, platform);
      let best: { readonly live: LiveLedger; readonly length: number } | null = null;
      for (const [live, folders] of inner === null ? [] : known) {
        for (const folder of folders) {
          if (inner && isInside(inner, folder) && folder.key.length > (best?.length ?? -1)) {
            best = { live, length: folder.key.length };
          }
        }
      }
      return best?.live ?? null;
    },
    // A ledger lies in the extension's own folder of its workspace's storage.
    firstFolder: storage => [...first].find(([live]) => dirname(live.folder) === storage)?.[1] ?? null,
  };
}
