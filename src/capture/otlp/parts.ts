import { asObject, type JsonObject } from '../json.ts';

/** A request that is no OTLP: the answer is 400. Its message never quotes the request. */
export class OtlpDecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OtlpDecodeError';
  }
}

/** A message inside a message, `{}` when absent or null. Throws `OtlpDecodeError` when it is something else. */
export function readPart(source: JsonObject, field: string, path: string): JsonObject {
  const value = source[field];
  const part = value === undefined || value === null ? {} : asObject(value);
  if (!part) {
    throw new OtlpDecodeError(`${path}${field} must be an object.`);
  }
  return part;
}

/** A list of messages, empty when absent or null. Throws `OtlpDecodeError` when it is something else. */
export function readList(source: JsonObject, field: string, path: string): JsonObject[] {
  const value = source[field];
  if (value === undefined || value === null) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw new OtlpDecodeError(`${path}${field} must be a list.`);
  }
  return value.map((entry, index) => {
    const part = asObject(entry);
    if (!part) {
      throw new OtlpDecodeError(`${path}${field}[${index}] must be an object.`);
    }
    return part;
  });
}
