/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The reason why one input is not counted. `field` is the offending field as a path (`usage.prompt_tokens`), or null. */
export class UsageError extends Error {
  readonly field: string | null;

  constructor(field: string | null, message: string) {
    super(message);
    this.name = 'UsageError';
    this.field = field;
  }
}

/** What a name or id rarely has: one look tells that all is well. */
const unusual = /[\p{Cc}\p{Surrogate}]/u;

/** The longest text a field may hold, in characters. */
const longestText = 1000;

/** The value as an object, or null when it is anything else (arrays too). */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value as a string that says something, or null. For sniffing only; `readText` is for values that are kept. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** An object inside an object: `{}` when it is absent or null. Throws `UsageError` when it is something else. */
export function readObject(source: JsonObject, field: string, path = ''): JsonObject {
  const value = source[field];
  if (value === undefined || value === null) {
    return {};
  }
  const object = asObject(value);
  if (!object) {
    throw new UsageError(path + field, `${path}${field} must be an object, but is ${nameOf(value)}.`);
  }
  return object;
}

/** More than any call has, and little enough that thousands of them add up exactly. */
const largestCount = 1e12;

/** A count of tokens, or null when absent. Throws `UsageError` for anything but an integer from 0 to `largest`. */
export function readCount(source: JsonObject, field: string, path = '', largest = largestCount): number | null {
  const value = source[field];
  if (value === undefined || value === null) {
    return null;
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new UsageError(path + field, `${path}${field} must be a non-negative integer, but is ${nameOf(value)}.`);
  }
  if (value > largest) {
    throw new UsageError(path + field, `${path}${field} is ${value}, more than one call can have.`);
  }
  return value + 0;
}

/** A finite number of at least 0 (an amount, a duration), or null when absent. Throws `UsageError` for anything else. */
export function readAmount(source: JsonObject, field: string, path = ''): number | null {
  const value = source[field];
  if (value === undefined || value === null) {
    return null;
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(path + field, `${path}${field} must be a number of at least 0, but is ${nameOf(value)}.`);
  }
  return value + 0;
}

/**
 * A name or id, trimmed; null when absent or empty. Half a surrogate pair becomes U+FFFD, as in UTF-8. Throws `UsageError` when it is no string, longer than 1,000 characters or
 * holds control characters.
 */
export function readText(source: JsonObject, field: string, path = ''): string | null {
  const value = source[field];
  if (value === undefined || value === null) {
    return null;
  }
  if (typeof value !== 'string') {
    throw new UsageError(path + field, `${path}${field} must be a string, but is ${nameOf(value)}.`);
  }
  const text = value.trim();
  if (text.length > longestText) {
    throw new UsageError(
      path + field,
      `${path}${field} is ${text.length} characters long; ${longestText} are allowed.`,
    );
  }
  if (!unusual.test(text)) {
    return text || null;
  }
  if (/\p{Cc}/u.test(text)) {
    throw new UsageError(path + field, `${path}${field} contains control characters.`);
  }
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/**
 * A value out of JSON as a piece of an id; `` for lists and objects, which may have a `toString` that is none. (A template would throw
 * a `TypeError` there.)
 */
export function formatPiece(value: unknown): string {
  return typeof value === 'object' && value !== null ? '' : String(value).toWellFormed();
}

/** What a value is, for an error message. Never quotes text: it could be a prompt. */
function nameOf(value: unknown): string {
  if (typeof value === 'number') {
    return String(value);
  }
  if (typeof value === 'string') {
    return 'a string';
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  return typeof value === 'object' ? 'an object' : String(value);
}
