import { asObject } from './json.ts';
import { createSseReader, type StreamedCall } from './providers/stream.ts';

/** A body that can't be parsed at all, or that is empty: the answer is 400. */
export class UnreadableBodyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableBodyError';
  }
}

/** A body with more records than are taken at once: the answer is 413. */
export class TooManyRecordsError extends Error {
  constructor(count: number) {
    super(`The body holds ${count} records or lines; ${maxValues} are taken at once. Send it in parts.`);
    this.name = 'TooManyRecordsError';
  }
}

/** Of all who post, the one with the most must not keep the others waiting for long (some 10 µs a record). */
const maxValues = 100_000;

/** What a text holds: the calls of an event stream, or JSON values (a line of NDJSON that can't be parsed is `undefined`). */
export type BodyContent =
  | { readonly calls: readonly StreamedCall[] }
  | { readonly values: readonly unknown[]; readonly calls?: undefined };

/**
 * Reads JSON, NDJSON or the text of an event stream, told apart by the text itself. An object is one value, an array its elements.
 * NDJSON begins with `{` and has an object on some line. Throws `UnreadableBodyError` and `TooManyRecordsError`.
 */
export function readBodyText(body: string): BodyContent {
  const text = body.replace(/^\uFEFF/, '').trim();
  if (text === '') {
    throw new UnreadableBodyError('The body is empty.');
  }
  if (/^(data|event|id|retry)?:/.test(text)) {
    const reader = createSseReader();
    reader.push(text);
    reader.finish();
    return { calls: reader.calls };
  }
  const value = parseJson(text);
  if (value === undefined) {
    return { values: readLines(text) };
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) {
    throw new UnreadableBodyError('The array is empty.');
  }
  requireFew(values);
  if (!Array.isArray(value) && !asObject(value)) {
    throw new UnreadableBodyError('The body must be an object, an array, NDJSON or an event stream.');
  }
  return { values };
}

function readLines(text: string): unknown[] {
  const lines = text.startsWith('{') ? text.split('\n').filter(line => line.trim() !== '') : [];
  requireFew(lines);
  const values = lines.map(parseJson);
  if (!values.some(asObject)) {
    throw new UnreadableBodyError('The body is neither JSON nor NDJSON nor an event stream.');
  }
  return values;
}

function requireFew(values: readonly unknown[]): void {
  if (values.length > maxValues) {
    throw new TooManyRecordsError(values.length);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
