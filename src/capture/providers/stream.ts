import { createParser } from 'eventsource-parser';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import type { Accumulator } from './accumulator.ts';
import { languages, type Shape, shapeOfChunk, shapeOfResponse } from './shape.ts';

/** One streamed call, as far as its pieces have come. */
export interface StreamedCall {
  readonly shape: Shape;
  /** The records of the call so far. Throws `UsageError` when it has no usage or contradicts itself. */
  parse(context: UsageContext, receivedAt: number): UsageRecord[];
  /** The response so far, without content: id, model, and usage where it has come. */
  describe(): JsonObject;
}

/** Sorts pieces of streams, given in order, into calls. */
export interface CallSorter {
  /** The call that a piece belongs to; null for one that belongs to none (a keep-alive, a late event). */
  push(piece: JsonObject): StreamedCall | null;
  /** All calls, in the order in which they began. */
  readonly calls: readonly StreamedCall[];
}

interface OpenCall extends StreamedCall {
  id: string | null;
  readonly accumulator: Accumulator;
}

/**
 * Sorts by the id of the response; pieces without one belong to the last call of their language, until that is over
 * (docs/architecture.md, "Arrays and lines").
 */
export function createCallSorter(): CallSorter {
  const calls: OpenCall[] = [];
  const byId = new Map<string, OpenCall>();
  const latest = new Map<Shape, OpenCall>();

  function find(shape: Shape, piece: JsonObject, id: string | null): OpenCall | null {
    const last = latest.get(shape);
    if (isBeginning(piece)) {
      return null;
    }
    if (id !== null) {
      return byId.get(`${shape} ${id}`) ?? (last && last.id === null && !last.accumulator.isClosed ? last : null);
    }
    const isOpen = last !== undefined && !last.accumulator.isClosed;
    return isOpen || (last && isTrailer(piece)) ? (last ?? null) : null;
  }

  return {
    calls,
    push(piece) {
      const shape = shapeOfChunk(piece) ?? shapeOfResponse(piece);
      if (!shape) {
        return null;
      }
      const id = idOf(piece);
      let call = find(shape, piece, id);
      if (!call) {
        if (!canBegin(piece)) {
          return null;
        }
        call = createCall(shape);
        calls.push(call);
      }
      latest.set(shape, call);
      call.id ??= id;
      if (id !== null) {
        byId.set(`${shape} ${id}`, call);
      }
      call.accumulator.push(piece);
      return call;
    },
  };
}

/** Events that look like JSON and are none, each of which costs as much as a long one. With so many it is no provider's stream. */
const maxBroken = 1_000;

/**
 * Listens to the text of an event stream in pieces of any size; after `finish`, `calls` has everything. `onPiece` hears each event
 * that is an object.
 */
export function createSseReader(onPiece?: (piece: JsonObject) => void): {
  push(text: string): void;
  finish(): void;
  readonly calls: readonly StreamedCall[];
} {
  const sorter = createCallSorter();
  let broken = 0;
  const parser = createParser({
    onEvent: event => {
      // `[DONE]` and keep-alives are no JSON objects.
      const isObject = event.data.trimStart().startsWith('{');
      const data = isObject && broken < maxBroken ? parseData(event.data) : null;
      broken += isObject && !data ? 1 : 0;
      // Code Assist wraps each chunk of Gemini's.
      const inner = data && data.type === undefined ? asObject(data.response) : null;
      if (data) {
        sorter.push(inner ?? data);
        onPiece?.(inner ?? data);
      }
    },
  });
  return {
    calls: sorter.calls,
    push: text => parser.feed(text),
    // The last event counts even when the blank line that should end it never came.
    finish: () => parser.feed('\n\n'),
  };
}

function createCall(shape: Shape): OpenCall {
  const accumulator = languages[shape].createStream();
  return {
    id: null,
    shape,
    accumulator,
    describe: () => accumulator.finish().response,
    parse(context, receivedAt) {
      const { response, completeness } = accumulator.finish();
      return languages[shape].parse(response, context, receivedAt, completeness);
    },
  };
}

/** Null for an event that broke off. */
function parseData(data: string): JsonObject | null {
  try {
    return asObject(JSON.parse(data));
  } catch {
    return null;
  }
}

function idOf(piece: JsonObject): string | null {
  const inner = asObject(piece.message) ?? asObject(piece.response) ?? asObject(piece.interaction);
  const isOwn = Array.isArray(piece.choices) || piece.object === 'chat.completion.chunk';
  return asText(inner?.id) ?? asText(piece.responseId) ?? (isOwn ? asText(piece.id) : null);
}

/** Always the first piece of a call of its own. */
function isBeginning(piece: JsonObject): boolean {
  return piece.type === 'message_start' || asObject(piece.messageStart) !== null;
}

/** Comes after the piece that closed its call: Gemini's last counts, without candidates. */
function isTrailer(piece: JsonObject): boolean {
  return asObject(piece.usageMetadata) !== null && piece.candidates === undefined;
}

/** Pieces that say nothing about a call (content, keep-alives) don't begin one. */
function canBegin(piece: JsonObject): boolean {
  const type = piece.type;
  return typeof type !== 'string' || type === 'message_start' || type === 'message_delta' || !!asObject(piece.response);
}
