import type { UsageContext } from '../../capture/context.ts';
import { asObject, asText, type JsonObject, UsageError } from '../../capture/json.ts';
import { languages, shapeOfResponse } from '../../capture/providers/shape.ts';
import { createCallSorter, createSseReader, type StreamedCall } from '../../capture/providers/stream.ts';
import { contextOfCall } from '../../capture/record.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { createHeldBytes } from './heldBytes.ts';
import { createJsonOutline } from './jsonOutline.ts';
import { createSpokenAnswer, type SpokenPart } from './spokenAnswer.ts';
import { readSpokenText } from './spokenText.ts';

/** Reads the decoded copy of an answer for usage; of content it holds what an estimate would need, until the call is over. */
export interface AnswerReader {
  push(bytes: Buffer): void;
  /** What has come. Call it once. */
  finish(context: UsageContext, receivedAt: number): AnswerReading;
  /** What the model wrote, for an estimate. */
  readText(): SpokenPart;
  /** Lets go of what is held. */
  drop(): void;
}

export interface AnswerReading {
  /** The records of the usage that was told; none where there is none. */
  readonly records: UsageRecord[];
  /** Whether a model answered, it is still at work elsewhere, the provider says that it failed, or nothing of that was told. */
  readonly outcome: 'answer' | 'pending' | 'failure' | 'nothing';
  /** What the answer says of itself: id, model, tier, time; or the provider's word that it failed. */
  readonly head: JsonObject;
}

interface Format {
  push(bytes: Buffer): void;
  finish(): readonly (StreamedCall | JsonObject)[];
  failure(): JsonObject | null;
  readText(): SpokenPart;
  drop(): void;
}

/** An event that is longer than any response is none. Bytes. */
const longestEvent = 64 * 1024 * 1024;
/** A stream with more calls is no provider's, and none of them is believed. */
const mostCalls = 1_000;

/** A reader for one answer: an event stream, JSON, NDJSON or an array in JSON, told by its first byte. */
export function createAnswerReader(): AnswerReader {
  let format: Format | null = null;
  return {
    push(bytes) {
      if (!format) {
        const first = bytes.find(byte => byte > 0x20 && byte < 0x80);
        if (first === undefined) {
          return;
        }
        format = first === 0x7b || first === 0x5b ? createJsonFormat() : createEventFormat();
      }
      format.push(bytes);
    },
    finish(context, receivedAt) {
      const calls = format?.finish() ?? [];
      const records = calls.flatMap((call, index) =>
        parseCall(call, calls.length > 1 ? contextOfCall(context, index) : context, receivedAt),
      );
      const [first] = calls;
      const failure = format?.failure() ?? null;
      const head = failure ?? (first === undefined ? {} : isStreamed(first) ? first.describe() : first);
      return {
        records,
        head,
        outcome: failure ? 'failure' : first === undefined ? 'nothing' : outcomeOf(head),
      };
    },
    readText: () => format?.readText() ?? { text: '', factor: 1 },
    drop: () => format?.drop(),
  };
}

/** OpenAI's background responses are answered before the model has begun. */
function outcomeOf({ status }: JsonObject): 'answer' | 'pending' {
  return status === 'queued' || status === 'in_progress' ? 'pending' : 'answer';
}

function createEventFormat(): Format {
  const spoken = createSpokenAnswer();
  let failure: JsonObject | null = null;
  const reader = createSseReader(piece => {
    spoken.push(piece);
    failure ??= isError(piece) || piece.type === 'response.failed' ? piece : null;
  });
  const decoder = new TextDecoder();
  let lineLength = 0;
  // The parser would copy a line that has no end yet with each piece that comes.
  let unended: string[] = [];
  return {
    push(bytes) {
      const lineEnd = bytes.lastIndexOf(0x0a);
      lineLength = lineEnd === -1 ? lineLength + bytes.length : bytes.length - lineEnd;
      if (lineLength > longestEvent) {
        throw new RangeError('An event is too long.');
      }
      unended.push(decoder.decode(bytes, { stream: true }));
      if (lineEnd === -1) {
        return;
      }
      reader.push(unended.join(''));
      unended = [];
      if (reader.calls.length > mostCalls) {
        throw new RangeError('There are too many calls in one answer.');
      }
    },
    finish() {
      reader.push(unended.join(''));
      reader.finish();
      return reader.calls.length > mostCalls ? [] : reader.calls;
    },
    // What was written before the provider gave up has its cost.
    failure: () => (spoken.isEmpty() ? failure : null),
    readText: spoken.read,
    drop: () => {
      unended = [];
    },
  };
}

function createJsonFormat(): Format {
  const sorter = createCallSorter();
  const held = createHeldBytes();
  let first: JsonObject | null = null;
  let isSeveral = false;
  const outline = createJsonOutline(object => {
    if (first === null) {
      first = object;
      return;
    }
    if (!isSeveral) {
      isSeveral = true;
      sorter.push(first);
    }
    sorter.push(object);
  });
  return {
    push(bytes) {
      held.push(bytes);
      outline.push(bytes);
    },
    finish: () => (isSeveral ? sorter.calls : first === null ? [] : [first]),
    failure: () => (first !== null && isError(first) ? first : null),
    readText: () => {
      const { bytes, factor } = held.read();
      return { text: readSpokenText(bytes.toString('utf8')).texts.join(''), factor };
    },
    drop: held.drop,
  };
}

/** `{"error": …}` and `{"type":"error"}`; a response that succeeded may say `"error": null`. */
function isError(piece: JsonObject): boolean {
  return piece.type === 'error' || asObject(piece.error) !== null || asText(piece.error) !== null;
}

function parseCall(call: StreamedCall | JsonObject, context: UsageContext, receivedAt: number): UsageRecord[] {
  try {
    if (isStreamed(call)) {
      return call.parse(context, receivedAt);
    }
    const shape = shapeOfResponse(call);
    return shape === null ? [] : languages[shape].parse(call, context, receivedAt);
  } catch (error) {
    if (error instanceof UsageError) {
      return [];
    }
    throw error;
  }
}

function isStreamed(call: StreamedCall | JsonObject): call is StreamedCall {
  return typeof call.parse === 'function';
}
