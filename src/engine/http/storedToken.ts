import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';
import { areSame, digestToken, type TokenDigest } from './access.ts';

/** A new token: 256 random bits in letters that fit a URL and a shell. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token in force. It can be replaced: then the old one is refused at once. */
export class Token {
  /** Null for one that is kept nowhere, or by somebody else. */
  readonly #path: string | null;
  #text: string;
  #digest: TokenDigest;

  constructor(text: string, path: string | null = null) {
    this.#path = path;
    this.#text = text;
    this.#digest = digestToken(text);
  }

  get text(): string {
    return this.#text;
  }

  /** Whether it is kept in a file, and so can be replaced for good. */
  get isStored(): boolean {
    return this.#path !== null;
  }

  /** Whether this is the token, which may be given as its digest; takes the same time for any given one of a length. */
  fits(given: string | TokenDigest): boolean {
    return areSame(this.#digest, typeof given === 'string' ? digestToken(given) : given);
  }

  /** Writes a token to its file, mode 0600; the one in force stays. Throws `StorageError`. */
  async store(text: string): Promise<void> {
    if (this.#path !== null) {
      await replaceFile(this.#path, Buffer.from(`${text}\n`));
    }
  }

  /** Puts another token in force. */
  use(text: string): void {
    this.#text = text;
    this.#digest = digestToken(text);
  }
}

/** The token kept in a file of the folder (mode 0600), made when missing or damaged. */
export async function readStoredToken(folder: string, name = 'token'): Promise<Token> {
  const path = join(folder, name);
  const stored = await readFile(path, 'utf8').then(
    text => text.trim(),
    () => '',
  );
  if (/^[\w-]{32,}$/.test(stored)) {
    await chmod(path, 0o600).catch(() => {});
    return new Token(stored, path);
  }
  const token = new Token(makeToken(), path);
  await token.store(token.text);
  return token;
}

/**
 * Replaces tokens by new ones, all or none: first their files, then at once those in force. `tell` writes what else must name
 * them, given their texts: the new ones, before they are in force, and the old ones again if that fails. Throws `StorageError`.
 */
export async function replaceTokens(
  tokens: readonly Token[],
  tell: (textOf: (token: Token) => string) => Promise<void> = async () => {},
): Promise<void> {
  const fresh = new Map(tokens.map(token => [token, makeToken()]));
  const store = async (textOf: (token: Token) => string) => {
    for (const token of tokens) {
      await token.store(textOf(token));
    }
    await tell(textOf);
  };
  try {
    await store(token => fresh.get(token) ?? token.text);
  } catch (error) {
    await store(token => token.text).catch(() => undefined);
    throw error;
  }
  for (const [token, text] of fresh) {
    token.use(text);
  }
}
