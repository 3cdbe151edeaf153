import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../ledger/files.ts';

/** A new token: 256 random bits in letters that fit a URL and a shell. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The token kept in a file of the folder (mode 0600), made when missing or damaged. */
export async function readStoredToken(folder: string, name = 'token'): Promise<string> {
  const path = join(folder, name);
  const stored = await readFile(path, 'utf8').then(
    text => text.trim(),
    () => '',
  );
  if (/^[\w-]{32,}$/.test(stored)) {
    await chmod(path, 0o600).catch(() => {});
    return stored;
  }
  const token = makeToken();
  await replaceFile(path, Buffer.from(`${token}\n`));
  return token;
}
