import { createHash } from 'node:crypto';

/** Hex digits that are kept: enough to tell a person's prompts apart, and too few to be looked up elsewhere. */
const digits = 32;

/**
 * The hash by which an estimated text is found again in a request: without space around it and with line feeds only. Null for nothing but
 * space.
 */
export function hashText(text: string): string | null {
  const plain = text.replaceAll('\r\n', '\n').trim();
  return plain === '' ? null : createHash('sha256').update(plain).digest('hex').slice(0, digits);
}

/** The hash of several texts from theirs, in their order; that of one text is its own. Null for none. */
export function combineHashes(hashes: readonly string[]): string | null {
  const [first] = hashes;
  if (first === undefined || hashes.length === 1) {
    return first ?? null;
  }
  return createHash('sha256').update(hashes.join(' ')).digest('hex').slice(0, digits);
}
