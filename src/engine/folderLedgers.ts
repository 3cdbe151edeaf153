import type { LiveLedger } from './liveLedger.ts';

/** Which ledger the work in a folder belongs to: that of the workspace with the innermost folder around it. */
export interface FolderLedgers {
  /** The workspace of a ledger has these folders now. */
  set(live: LiveLedger, folders: readonly string[]): void;
  /** Null for a folder that no known workspace holds. */
  find(cwd: string | null): LiveLedger | null;
}

/** Remembers the folders of workspaces, also of those whose windows have gone: their ledgers stay open. */
export function createFolderLedgers(platform = process.platform): FolderLedgers {
  const known = new Map<LiveLedger, readonly string[]>();
  const normalize = (path: string) => {
    const slashed = path.replaceAll('\\', '/').replace(/\/+$/, '');
    return `${platform === 'win32' || platform === 'darwin' ? slashed.toLowerCase() : slashed}/`;
  };
  return {
    set: (live, folders) => {
      known.set(live, folders.filter(folder => folder !== '').map(normalize));
    },
    find: cwd => {
      const path = cwd === null ? null : normalize(cwd);
      let best: { readonly live: LiveLedger; readonly length: number } | null = null;
      for (const [live, folders] of path === null ? [] : known) {
        for (const folder of folders) {
          if (path?.startsWith(folder) && folder.length > (best?.length ?? 0)) {
            best = { live, length: folder.length };
          }
        }
      }
      return best?.live ?? null;
    },
  };
}
