import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the engines that want one folder meet. */
export type LockPlace =
  | { readonly kind: 'pipe'; readonly path: string }
  | {
      readonly kind: 'folder';
      readonly dir: string;
      readonly prefix: string;
      pathOf(nonce: string): string;
      unreadyPathOf(nonce: string): string;
    };

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, its end included. */
const maxPathBytes = 100;

/** The place depends on nothing but the folder's real path and the user: whoever wants the folder finds the same. */
export async function findLockPlace(realPath: string): Promise<LockPlace> {
  if (process.platform === 'win32') {
    // Paths differ in case only there, and a pipe's name is one for the whole machine.
    return { kind: 'pipe', path: `\\\\.\\pipe\\spend-lens-${hashFolder(realPath.toLowerCase())}` };
  }
  const inside = placeIn(realPath, 'engine');
  const longest = inside.unreadyPathOf('0'.repeat(16));
  return Buffer.byteLength(longest) < maxPathBytes ? inside : placeIn(await privateFolder(), hashFolder(realPath));
}

function placeIn(dir: string, prefix: string): LockPlace & { kind: 'folder' } {
  return {
    kind: 'folder',
    dir,
    prefix: `${prefix}-`,
    pathOf: nonce => join(dir, `${prefix}-${nonce}.sock`),
    unreadyPathOf: nonce => join(dir, `.${prefix}-${nonce}.sock`),
  };
}

/** `/tmp` itself, not `TMPDIR`, which differs between a terminal and an editor. Throws when the folder is not ours alone. */
async function privateFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const dir = `/tmp/spend-lens-${uid}`;
  await mkdir(dir, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  });
  const stats = await lstat(dir);
  if (!stats.isDirectory() || stats.uid !== uid || (stats.mode & 0o077) !== 0) {
    throw new Error(`${dir} is not a folder of this user alone (mode 0700); remove it and start again.`);
  }
  return dir;
}

/** A short name for a folder that is the same for everyone: 32 hex digits of its real path's SHA-256. */
export function hashFolder(realPath: string): string {
  return createHash('sha256').update(realPath).digest('hex').slice(0, 32);
}
