import type { UsageRecord } from '../core/usageRecord.ts';
import { type BodyContent, readBodyText, UnreadableBodyError } from './bodyText.ts';
import { findCodexThreads, parseCodexThread } from './codexExec.ts';
import { mergeContexts, readContextFields, type UsageContext } from './context.ts';
import { countFields, parseFlatRecord } from './flatRecord.ts';
import { asObject, type JsonObject, UsageError } from './json.ts';
import { languages, shapeOfChunk, shapeOfResponse } from './providers/shape.ts';
import { createCallSorter, type StreamedCall } from './providers/stream.ts';
import { contextOfCall } from './record.ts';

/** One call, or one thing that should be one: gives its records or throws `UsageError`. */
export type Input = (context: UsageContext, receivedAt: number) => UsageRecord[];

/** The inputs of a body, at least one. Pieces of one streamed call are one input, where the first of them stands. */
export function listInputs(content: BodyContent): Input[] {
  if (content.calls) {
    return orNothing(content.calls.map(inputOfCall));
  }
  const { values } = content;
  const threads = findCodexThreads(values);
  if (threads.length > 0) {
    return threads.map(thread => (context, receivedAt) => [parseCodexThread(thread, context, receivedAt)]);
  }
  const sorter = createCallSorter();
  const inputs = new Map<StreamedCall | number, Input>();
  values.forEach((value, index) => {
    const object = asObject(value);
    if (!object || !isPiece(object, values.length)) {
      inputs.set(index, object ? inputOfObject(object) : value === undefined ? notJson : notAnObject);
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
function isFlat(object: JsonObject): boolean {
  return countFields.some(field => object[field] !== undefined);
}

/** A response of Gemini's looks like a chunk: alone in a body it is whole. */
function isPiece(object: JsonObject, count: number): boolean {
  const shape = isFlat(object) ? null : shapeOfChunk(object);
  return shape !== null && !(count === 1 && shape === 'gemini' && object.interaction === undefined);
}

function inputOfObject(object: JsonObject): Input {
  const shape = isFlat(object) ? null : shapeOfResponse(object);
  if (shape) {
    return (context, receivedAt) => languages[shape].parse(object, context, receivedAt);
  }
  const inner = object.response ?? null;
  // A flat record may keep the answer under the same name.
  if (inner !== null && !(isFlat(object) && !isResponse(inner))) {
    return (context, receivedAt) => parseWrapped(object, inner, context, receivedAt);
  }
  // A provider's error instead of a response.
  if (!isFlat(object) && asObject(object.error)) {
    return nothing;
  }
  return (context, receivedAt) => [parseFlatRecord(object, context, receivedAt)];
}

function inputOfCall(call: StreamedCall): Input {
  return (context, receivedAt) => call.parse(context, receivedAt);
}

/**
 * `{response, …context}`: what stands around a response wins over the headers and fills what the response does not say. When one of
 * several calls inside is bad, all of them are rejected: they are one input.
 */
function parseWrapped(around: JsonObject, inner: unknown, outer: UsageContext, receivedAt: number): UsageRecord[] {
  const context = mergeContexts(readContextFields(around), outer);
  const inputs = listInputs(readResponse(inner));
  if (inputs.length > 1 && context.billedNanoUsd !== undefined) {
    throw new UsageError('cost_usd', `cost_usd can't be split among the ${inputs.length} calls in response.`);
  }
  return inputs.flatMap((parse, index) =>
    parse(inputs.length > 1 ? contextOfCall(context, index) : context, receivedAt),
  );
}

function readResponse(inner: unknown): BodyContent {
  const content: BodyContent | null =
    typeof inner === 'string' ? readResponseText(inner) : { values: Array.isArray(inner) ? inner : [inner] };
  if (!content || (!content.calls && (content.values.length === 0 || !content.values.every(isResponse)))) {
    throw new UsageError('response', 'response is neither a provider response nor the text of one.');
  }
  return content;
}

function readResponseText(text: string): BodyContent | null {
  try {
    return readBodyText(text);
  } catch (error) {
    if (error instanceof UnreadableBodyError) {
      return null;
    }
    throw error;
  }
}

function isResponse(value: unknown): boolean {
  const object = asObject(value);
  return object !== null && (shapeOfChunk(object) ?? shapeOfResponse(object)) !== null;
}

/** A body that was read and has no call in it is one rejected input, not none. */
function orNothing(inputs: Input[]): Input[] {
  return inputs.length > 0 ? inputs : [nothing];
}

function nothing(): never {
  throw new UsageError(null, 'There is no usage in the response.');
}

function notJson(): never {
  throw new UsageError(null, 'This line is not valid JSON.');
}

function notAnObject(): never {
  throw new UsageError(null, 'This is not a JSON object.');
}
