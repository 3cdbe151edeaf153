/**
 * The border between the wire and the typed inside of a window. The engine is ours, but the port may be anyone's, so every
 * answer is looked at for the parts the window relies on; what an object holds besides is left alone.
 */

/** Thrown by every parser here: the answer is not what the contract says. */
export class UnexpectedAnswerError extends Error {
  constructor(what: string) {
    super(`The answer is not the engine's: ${what}.`);
    this.name = 'UnexpectedAnswerError';
  }
}

/** An object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** Throws `UnexpectedAnswerError`, as all here do, with the name of the part that is not as it has to be. */
export function parseObject(value: unknown, what: string): Json {
  requireThat(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Json;
}

export function parseList(value: unknown, what: string): Json[] {
  requireThat(Array.isArray(value), what);
  return (value as unknown[]).map(item => parseObject(item, what));
}

export function requireStrings(object: Json, keys: readonly string[], what: string): void {
  for (const key of keys) {
    requireThat(typeof object[key] === 'string', `${what}.${key}`);
  }
}

export function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

export function isNullOr(value: unknown, type: 'string' | 'number'): boolean {
  return value === null || typeof value === type;
}

export function isArrayOf(value: unknown, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every(item => typeof item === type);
}

export function requireThat(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new UnexpectedAnswerError(what);
  }
}
