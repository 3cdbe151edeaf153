import { type JsonObject, UsageError } from '../json.ts';
import type { Stated } from '../tokens.ts';
import { readList, readPart } from './parts.ts';

/** Attributes by key. Lists, maps, bytes and empty values are left out: no count, name or id is one. */
export type Attributes = ReadonlyMap<string, string | number | boolean>;

/** The longest name or id that is kept, in characters. */
const longestName = 1000;

/** The attributes in the field of a message. Throws `OtlpDecodeError` when it is no list of objects. */
export function readAttributes(source: JsonObject, path: string): Attributes {
  const attributes = new Map<string, string | number | boolean>();
  for (const [index, pair] of readList(source, 'attributes', path).entries()) {
    const value = readScalar(readPart(pair, 'value', `${path}attributes[${index}].`));
    if (typeof pair.key === 'string' && value !== null) {
      attributes.set(pair.key, value);
    }
  }
  return attributes;
}

/** An `AnyValue`. Whole numbers come as numbers or as digits, depending on who wrote the JSON. */
function readScalar({ stringValue, intValue, doubleValue, boolValue }: JsonObject): string | number | boolean | null {
  if (typeof stringValue === 'string' || typeof boolValue === 'boolean') {
    return (stringValue ?? boolValue) as string | boolean;
  }
  const value = intValue ?? doubleValue;
  const isNumber = typeof value === 'string' && value !== '' && Number.isSafeInteger(Number(value));
  return isNumber ? Number(value) : typeof value === 'number' || typeof value === 'string' ? value : null;
}

/**
 * The count under the first of these keys that holds one; a number, or digits as Rust writes them. Throws `UsageError` when it is
 * no count.
 */
export function readCount(attributes: Attributes, keys: readonly string[]): Stated {
  for (const field of keys) {
    const value = attributes.get(field);
    if (value !== undefined && value !== '') {
      return { field, value: parseCount(value, field) };
    }
  }
  return { field: keys[0] ?? '', value: null };
}

/** A token count in any form telemetry has for it. Throws `UsageError` for anything but a non-negative safe integer. */
export function parseCount(value: unknown, field: string): number {
  const count = typeof value === 'string' && /^\d+(?:\.0+)?$/.test(value) ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new UsageError(field, `${field} must be a non-negative integer.`);
  }
  return count + 0;
}

/** A finite number of at least 0, or null: a duration that can't be read is no reason to lose the call. */
export function readAmount(attributes: Attributes, key: string): number | null {
  const value = attributes.get(key);
  const amount = typeof value === 'boolean' || value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(amount) && amount >= 0 ? amount : null;
}

/**
 * The name or id under the first of these keys that has one, trimmed; undefined when none has. Values that can be no name (too
 * long, with control characters) are passed over.
 */
export function readName(attributes: Attributes, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = attributes.get(key);
    const name = typeof value === 'boolean' || value === undefined ? '' : String(value).toWellFormed().trim();
    if (name !== '' && name.length <= longestName && !/\p{Cc}/u.test(name)) {
      return name;
    }
  }
  return undefined;
}
