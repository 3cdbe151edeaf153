import { createHmac } from 'node:crypto';

/** Names that stand for others: the same one for the same name, and no way back without the key. */
export type Pseudonyms = (kind: 'user' | 'session' | 'ledger', name: string) => string;

/**
 * A keyed hash (HMAC-SHA-256, 128 bits of it). Whoever has the key can only test guesses; without it not even that, which is why
 * the key never leaves this computer. The kind is hashed too, so that a user and a session of one name don't look alike.
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  return (kind, name) => `${kind}-${createHmac('sha256', key).update(`${kind}\0${name}`).digest('hex').slice(0, 32)}`;
}
