import { parseObject, requireThat } from './answerShape.ts';
import { parseEventLines } from './eventLines.ts';
import type { ForwardHistoryEvent } from './forwardContract.ts';

/** The events of the answer of `POST /v1/forward/history`. Throws `UnexpectedAnswerError`, and whatever the stream throws. */
export function parseForwardEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ForwardHistoryEvent, void, undefined> {
  return parseEventLines(body, parseForwardEvent);
}

function parseForwardEvent(line: unknown): ForwardHistoryEvent | null {
  const event = parseObject(line, 'forward event');
  switch (event.type) {
    case 'progress':
      requireThat(typeof event.sent === 'number' && typeof event.total === 'number', 'forward progress');
      break;
    case 'failed':
      requireThat(typeof event.detail === 'string', 'forward failed.detail');
      break;
    case 'done':
      break;
    default:
      requireThat(typeof event.type === 'string', 'forward event.type');
      return null;
  }
  return event as unknown as ForwardHistoryEvent;
}
