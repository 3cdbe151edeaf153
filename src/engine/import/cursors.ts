import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';
import type { FoundFile } from './findTranscripts.ts';

/** How far a file was read. */
export interface Cursor {
  readonly agent: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: string;
  /** Bytes of the complete lines that were read; null for a file that is read as a whole. */
  readonly offset: number | null;
  /** Checksum of the bytes right before `offset`: tells a file that grew from another one in its place. */
  readonly tail: number;
  /** What the parser needs to go on. */
  readonly state: unknown;
}

/** The cursors of a ledger, `import-cursors.json` in its folder. */
export interface Cursors {
  get(path: string): Cursor | undefined;
  set(path: string, cursor: Cursor): void;
  /** Forgets the files below these folders that are not among the paths. */
  keepOnly(folders: readonly string[], paths: ReadonlySet<string>): void;
  /**
   * Writes them, if they changed and that was not done in the last `notWithinMs`. `beforeWriting` makes durable what was read up to them.
   * Throws `StorageError` and what that throws.
   */
  save(notWithinMs?: number, beforeWriting?: () => Promise<void>): Promise<void>;
}

/** Raised when what is kept changes its meaning: files are then read again, which is harmless. */
const version = 1;

/** Reads the cursors of a folder. A file that is damaged or of another version counts as none. */
export async function openCursors(folder: string): Promise<Cursors> {
  const path = join(folder, 'import-cursors.json');
  const cursors = new Map<string, Cursor>(await readFile(path, 'utf8').then(parse, () => []));
  let isChanged = false;
  let savedAt = performance.now();
  return {
    get: file => cursors.get(file),
    set: (file, cursor) => {
      cursors.set(file, cursor);
      isChanged = true;
    },
    keepOnly: (folders, paths) => {
      const isBelow = (file: string) => folders.some(folder => file.startsWith(`${folder}${sep}`));
      for (const file of cursors.keys()) {
        if (isBelow(file) && !paths.has(file)) {
          isChanged = cursors.delete(file);
        }
      }
    },
    save: async (notWithinMs = 0, beforeWriting) => {
      if (!isChanged || performance.now() - savedAt < notWithinMs) {
        return;
      }
      isChanged = false;
      savedAt = performance.now();
      try {
        await beforeWriting?.();
        await replaceFile(path, Buffer.from(JSON.stringify({ version, files: Object.fromEntries(cursors) })));
      } catch (error) {
        isChanged = true;
        throw error;
      }
    },
  };
}

function parse(text: string): [string, Cursor][] {
  try {
    const stored = JSON.parse(text);
    return stored.version === version ? Object.entries(stored.files) : [];
  } catch {
    return [];
  }
}

/** Whether a file is as it was when it was read. */
export function isUnchanged(file: FoundFile, cursor: Cursor | undefined): boolean {
  return cursor?.size === file.size && cursor.mtimeMs === file.mtimeMs && cursor.inode === file.inode;
}
