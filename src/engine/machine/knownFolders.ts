import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';

/** The folders of all ledgers that the user's windows ever had, kept in `ledgers.json`. */
export interface KnownFolders {
  list(): readonly string[];
  /** Remembers a folder durably. Throws `StorageError`; then it is remembered until the engine leaves. */
  add(folder: string): Promise<void>;
}

/** Reads `ledgers.json` of the global storage; a missing or damaged one knows no folder. */
export async function readKnownFolders(storage: string): Promise<KnownFolders> {
  const path = join(storage, 'ledgers.json');
  const folders = new Set(parseFolders(await readFile(path, 'utf8').catch(() => '')));
  let writing: Promise<void> = Promise.resolve();
  return {
    list: () => [...folders],
    add: async folder => {
      if (!folders.has(folder)) {
        folders.add(folder);
        const write = () => replaceFile(path, Buffer.from(`${JSON.stringify({ folders: [...folders] })}\n`));
        writing = writing.then(write, write);
        await writing;
      }
    },
  };
}

function parseFolders(text: string): string[] {
  try {
    const { folders } = JSON.parse(text) as { folders: unknown };
    return Array.isArray(folders) ? folders.filter(folder => typeof folder === 'string') : [];
  } catch {
    return [];
  }
}
