import type { UsageContext } from '../../capture/context.ts';
import { type JsonObject, UsageError } from '../../capture/json.ts';
import { languages, shapeOfResponse } from '../../capture/providers/shape.ts';
import { createCallSorter, createSseReader, type StreamedCall } from '../../capture/providers/stream.ts';
import { contextOfCall } from '../../capture/record.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import { createJsonOutline } from './jsonOutline.ts';

/** Reads the decoded copy of an answer for usage; keeps counts, names and ids, never content. */
export interface AnswerReader {
  push(bytes: Buffer): void;
  /** The records of what has come, none where there is no usage. Call it once. */
  finish(context: UsageContext, receivedAt: number): UsageRecord[];
}

interface Format {
  push(bytes: Buffer): void;
  finish(): readonly (StreamedCall | JsonObject)[];
}

/** An event that is longer than any response is none. Bytes. */
const longestEvent = 64 * 1024 * 1024;

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
      return calls.flatMap((call, index) =>
        parseCall(call, calls.length > 1 ? contextOfCall(context, index) : context, receivedAt),
      );
    },
  };
}

function createEventFormat(): Format {
  const reader = createSseReader();
  const decoder = new TextDecoder();
  let lineLength = 0;
  return {
    push(bytes) {
      const lineEnd = bytes.lastIndexOf(0x0a);
      lineLength = lineEnd === -1 ? lineLength + bytes.length : bytes.length - lineEnd;
      if (lineLength > longestEvent) {
        throw new RangeError('An event is too long.');
      }
      reader.push(decoder.decode(bytes, { stream: true }));
    },
    finish() {
      reader.finish();
      return reader.calls;
    },
  };
}

function createJsonFormat(): Format {
  const sorter = createCallSorter();
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
    push: outline.push,
    finish: () => (isSeveral ? sorter.calls : first === null ? [] : [first]),
  };
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
