import type { UsageRecord } from '../core/usageRecord.ts';
import { mergeContexts, parseHeaderContext, readContextFields, type UsageContext } from './context.ts';
import { countFields, parseFlatRecord } from './flatRecord.ts';
import { asObject, type JsonObject, UsageError } from './json.ts';
import { languages, shapeOfChunk, shapeOfResponse } from './providers/shape.ts';
import { createCallSorter, createSseReader, type StreamedCall } from './providers/stream.ts';
import { contextOfCall } from './record.ts';

export type { UsageContext };

/** What became of one input. `input` is its index: several records can come from one. */
export type CaptureItem =
  | { readonly kind: 'record'; readonly input: number; readonly record: UsageRecord }
  | { readonly kind: 'rejected'; readonly input: number; readonly field: string | null; readonly error: string };

/** A body that can't be parsed at all, or that is empty: the answer is 400. */
export class UnreadableBodyError extends Error {
  readonly field: string | null = null;

  constructor(message: string) {
    super(message);
    this.name = 'UnreadableBodyError';
  }
}

/** One call, or one object that should be one. */
type Input = (context: UsageContext, receivedAt: number) => UsageRecord[];

/**
 * Parses the body of `POST /v1/usage` (docs/http-api.md): sniffs what it is, and gives the items of its inputs in order. An input is
 * one element of an array or one line of NDJSON; a body of another kind is one. Pieces of one streamed call (chunks with one response
 * id, events, Ollama's lines) are one input together, counted where the first stands, and pieces that belong to no call are none.
 * `{response, …context}` is one input. An input gives several records, one after the other, when several models were billed for
 * its response or when it wraps several calls. Throws `UnreadableBodyError`.
 */
export function parseUsageBody(text: string, context: UsageContext, receivedAt: number): CaptureItem[] {
  const inputs = readInputs(text);
  return inputs.flatMap((parse, input): CaptureItem[] => {
    try {
      const own = parseHeaderContext(context);
      const records = parse(inputs.length > 1 ? contextOfCall(own, input) : own, receivedAt);
      return records.map(record => ({ kind: 'record', input, record }));
    } catch (error) {
      if (error instanceof UsageError) {
        return [{ kind: 'rejected', input, field: error.field, error: error.message }];
      }
      throw error;
    }
  });
}

function readInputs(body: string): Input[] {
  const text = body.replace(/^\uFEFF/, '').trim();
  if (text === '') {
    throw new UnreadableBodyError('The body is empty.');
  }
  if (isEventStream(text)) {
    return orNothing(callsOfEventStream(body).map(inputOfCall));
  }
  const value = parseJson(text);
  if (value === undefined) {
    return inputsOfLines(text);
  }
  const object = asObject(value);
  if (object) {
    return inputsOf([object]);
  }
  if (Array.isArray(value) && value.length > 0) {
    return inputsOf(value);
  }
  throw new UnreadableBodyError(
    Array.isArray(value) ? 'The array is empty.' : 'The body must be an object, an array, NDJSON or an event stream.',
  );
}

/** NDJSON: the first line must be an object; a later line that is none is rejected alone. */
function inputsOfLines(text: string): Input[] {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const values = lines.map(line => parseJson(line));
  if (!asObject(values[0])) {
    throw new UnreadableBodyError('The body is neither JSON nor NDJSON nor an event stream.');
  }
  return inputsOf(values);
}

function inputsOf(values: readonly unknown[]): Input[] {
  const sorter = createCallSorter();
  const inputs = new Map<StreamedCall | number, Input>();
  values.forEach((value, index) => {
    const object = asObject(value);
    if (!object || hasCounts(object) || !isPiece(object, values.length)) {
      inputs.set(index, inputOfElement(object));
      return;
    }
    const call = sorter.push(object);
    if (call && !inputs.has(call)) {
      inputs.set(call, inputOfCall(call));
    }
  });
  return orNothing([...inputs.values()]);
}

/** Counts at the top make an object a flat record, whatever else it holds. */
function hasCounts(object: JsonObject): boolean {
  return countFields.some(field => object[field] !== undefined);
}

/** A response of Gemini's looks like a chunk: alone in a body it is whole. */
function isPiece(object: JsonObject, count: number): boolean {
  const shape = shapeOfChunk(object);
  return shape !== null && !(count === 1 && shape === 'gemini' && object.interaction === undefined);
}

function inputOfElement(object: JsonObject | null): Input {
  if (!object) {
    return () => {
      throw new UsageError(null, 'This is not a JSON object.');
    };
  }
  const isFlat = hasCounts(object);
  const shape = isFlat ? null : shapeOfResponse(object);
  if (shape) {
    return (context, receivedAt) => languages[shape].parse(object, context, receivedAt);
  }
  const inner = object.response;
  if (inner !== undefined && inner !== null && !(isFlat && typeof inner === 'string')) {
    return (context, receivedAt) => parseWrapped(object, inner, context, receivedAt);
  }
  // A provider's error instead of a response.
  return !isFlat && asObject(object.error)
    ? nothing
    : (context, receivedAt) => [parseFlatRecord(object, context, receivedAt)];
}

/** `{response, …context}`: what is around a response wins over the headers and fills what the response does not say. */
function parseWrapped(around: JsonObject, inner: unknown, outer: UsageContext, receivedAt: number): UsageRecord[] {
  const context = mergeContexts(readContextFields(around), outer);
  const inputs = inputsOfWrapped(inner);
  if (inputs.length > 1 && context.billedNanoUsd !== undefined) {
    throw new UsageError('cost_usd', `cost_usd can't be split among the ${inputs.length} calls in response.`);
  }
  return inputs.flatMap((parse, index) =>
    parse(inputs.length > 1 ? contextOfCall(context, index) : context, receivedAt),
  );
}

function inputsOfWrapped(inner: unknown): Input[] {
  const isResponse = (value: unknown) => {
    const object = asObject(value);
    return object !== null && (shapeOfChunk(object) ?? shapeOfResponse(object)) !== null;
  };
  if (typeof inner === 'string') {
    const text = inner.trim();
    if (isEventStream(text)) {
      return orNothing(callsOfEventStream(inner).map(inputOfCall));
    }
    const lines = text.split('\n').filter(line => line.trim() !== '');
    const whole = parseJson(text);
    const values = whole === undefined ? lines.map(parseJson) : Array.isArray(whole) ? whole : [whole];
    return values.length > 0 && values.every(isResponse) ? inputsOf(values) : noResponse();
  }
  const values: unknown[] = Array.isArray(inner) ? inner : [inner];
  return values.length > 0 && values.every(isResponse) ? inputsOf(values) : noResponse();
}

function noResponse(): never {
  throw new UsageError('response', 'response is not a provider response with usage, nor the text of its event stream.');
}

function inputOfCall(call: StreamedCall): Input {
  return (context, receivedAt) => call.parse(context, receivedAt);
}

/** A body that was read and has no call in it is one rejected input, not none. */
function orNothing(inputs: Input[]): Input[] {
  return inputs.length > 0 ? inputs : [nothing];
}

function nothing(): never {
  throw new UsageError(null, 'There is no usage in the response.');
}

function callsOfEventStream(text: string): readonly StreamedCall[] {
  const reader = createSseReader();
  reader.push(text.replace(/^\s+/, ''));
  reader.finish();
  return reader.calls;
}

function isEventStream(text: string): boolean {
  return /^(data|event|id|retry)?:/.test(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
