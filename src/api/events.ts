import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { ApiEvents } from './contract.ts';
import { parseNotice, parseThreshold } from './parseBudgets.ts';
import { parseEngineState } from './parseEngine.ts';
import { parseRecordOutline } from './parseRecords.ts';
import { parseTotals } from './parseTotals.ts';

/** One event of `GET /v1/events`, by name. */
export type ApiEvent = {
  [Name in keyof ApiEvents]: { readonly name: Name; readonly data: ApiEvents[Name] };
}[keyof ApiEvents];

/** Bounds what an answer without an end of event can make us hold, in characters. */
const maxEventSize = 4 * 1024 * 1024;

const parsers: { readonly [Name in keyof ApiEvents]: (value: unknown) => ApiEvents[Name] } = {
  engine: parseEngineState,
  totals: parseTotals,
  record: parseRecordOutline,
  notice: parseNotice,
  threshold: parseThreshold,
};

/**
 * The events of a stream, typed. Names of a newer engine are skipped. Ends when the stream ends; throws
 * `UnexpectedAnswerError` for a known event with other contents, and whatever the stream throws.
 */
export async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ApiEvent, void, undefined> {
  const messages = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxEventSize }));
  for await (const { event, data } of messages) {
    if (event !== undefined && Object.hasOwn(parsers, event)) {
      const name = event as keyof ApiEvents;
      yield { name, data: parsers[name](parseJson(data)) } as ApiEvent;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
