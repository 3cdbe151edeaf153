import { UnexpectedAnswerError } from './answerShape.ts';

/** Bounds what an answer without an end of line can make us hold, in characters. */
const maxLineSize = 4 * 1024 * 1024;

/**
 * The lines of an answer that goes on (NDJSON), parsed; null for one of a kind that a newer engine knows. Ends after `done` or `failed`.
 * Throws `UnexpectedAnswerError` when the answer ends without, what `parse` throws, and whatever the stream throws.
 */
export async function* parseEventLines<Event extends { readonly type: string }>(
  body: ReadableStream<Uint8Array>,
  parse: (line: unknown) => Event | null,
): AsyncGenerator<Event, void, undefined> {
  const pieces = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > maxLineSize) {
      throw new UnexpectedAnswerError('event without an end of line');
    }
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const event = parse(parseJson(line));
      if (event) {
        yield event;
      }
      if (event?.type === 'done' || event?.type === 'failed') {
        return;
      }
    }
  }
  throw new UnexpectedAnswerError('events without an end');
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UnexpectedAnswerError('event');
  }
}
