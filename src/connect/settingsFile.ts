import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UneditableError } from './settingsSyntax.ts';

/** A settings file as it is: its text to the byte (a mark at the beginning included) and its permissions. */
export interface SettingsFile {
  readonly text: string;
  readonly mode: number;
}

/** Other users of the machine may not read our token. */
const ownerOnly = 0o600;

/** Null when there is none. Throws {@link UneditableError} for what is no UTF-8, and what reading throws. */
export async function readSettingsFile(path: string): Promise<SettingsFile | null> {
  const file = await open(path, 'r').catch(ignoreMissing);
  if (!file) {
    return null;
  }
  return readOpen(file, path).finally(() => file.close());
}

async function readOpen(file: FileHandle, path: string): Promise<SettingsFile> {
  const { mode } = await file.stat();
  const bytes = await file.readFile();
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), mode: mode & 0o777 };
  } catch {
    throw new UneditableError(`${path} is not text in UTF-8.`);
  }
}

/**
 * Writes a settings file whole or not at all, and gives the folders that had to be made for it, the outermost first. One that is a link stays
 * one. `mode` null takes what others may do from the mode it has.
 */
export async function writeSettingsFile(path: string, text: string, mode: number | null): Promise<readonly string[]> {
  const folders = await makeFolders(dirname(path));
  const target = await realpath(path).catch(() => path);
  const known = await stat(target).catch(ignoreMissing);
  const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', ownerOnly);
    try {
      await file.writeFile(text);
      await file.chmod(mode ?? (known ? known.mode & 0o700 : ownerOnly));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return folders;
}

/** Removes a file and, of these folders, those that are empty then. */
export async function removeSettingsFile(path: string, folders: readonly string[]): Promise<void> {
  await unlink(path).catch(ignoreMissing);
  for (const folder of folders.toReversed()) {
    await rmdir(folder).catch(() => undefined);
  }
}

/** Stands for a text without keeping it. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function makeFolders(folder: string): Promise<readonly string[]> {
  const made: string[] = [];
  for (let next = folder; (await stat(next).catch(ignoreMissing)) === undefined; next = dirname(next)) {
    made.unshift(next);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return made;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') {
    throw error;
  }
}
