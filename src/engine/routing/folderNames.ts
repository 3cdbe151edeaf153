import type { UsageRecord } from '../../core/usageRecord.ts';

/** A folder with slashes, without one at its end; `key` compares as the platform's disks do. */
export interface FolderName {
  readonly path: string;
  readonly key: string;
}

/** Names of folders that may be compared: `C:\\Work\\` and `c:/work` are one on Windows. */
export function nameFolder(path: string, platform: NodeJS.Platform = process.platform): FolderName {
  const slashed = path.replaceAll('\\', '/').replace(/\/+$/, '');
  return { path: slashed, key: platform === 'win32' || platform === 'darwin' ? slashed.toLowerCase() : slashed };
}

/** Whether a folder is another one or lies inside. */
export function isInside(inner: FolderName, outer: FolderName): boolean {
  return `${inner.key}/`.startsWith(`${outer.key}/`);
}

/** A record with its working folder relative to the innermost of these; unchanged when it lies in none, or names it itself. */
export function withFolder(record: UsageRecord, folders: readonly string[], platform?: NodeJS.Platform): UsageRecord {
  if (record.folder !== null || record.cwd === null || folders.length === 0) {
    return record;
  }
  const cwd = nameFolder(record.cwd, platform);
  const around = folders.map(folder => nameFolder(folder, platform)).filter(folder => isInside(cwd, folder));
  const [root] = around.toSorted((a, b) => b.key.length - a.key.length);
  return root ? { ...record, folder: cwd.path.slice(root.path.length + 1) || '.' } : record;
}
