import type { UsageRecord } from '../core/usageRecord.ts';
import { readBodyText, TooManyRecordsError, UnreadableBodyError } from './bodyText.ts';
import { parseHeaderContext, type UsageContext } from './context.ts';
import { listInputs } from './inputs.ts';
import { UsageError } from './json.ts';
import { contextOfCall } from './record.ts';

export type { UsageContext };
export { TooManyRecordsError, UnreadableBodyError };

/** What became of one input. `input` is its index: several records can come from one. */
export type CaptureItem =
  | { readonly kind: 'record'; readonly input: number; readonly record: UsageRecord }
  | { readonly kind: 'rejected'; readonly input: number; readonly field: string | null; readonly error: string };

/**
 * Parses the body of `POST /v1/usage` (docs/http-api.md): sniffs what it is, and gives the items of its inputs in order. An input is
 * one element of an array or one line of NDJSON; a body of another kind is one. Pieces of one streamed call (chunks with one response
 * id, events, Ollama's lines) are one input together, counted where the first stands, and pieces that belong to no call are none.
 * A stream that holds several calls has as many inputs. `{response, …context}` is one input. An input gives several records, one
 * after the other, when several models were billed for its response or when it wraps several calls; it is rejected as a whole.
 * Comes input by input, so that a large body can be parsed with turns for others in between. Throws `UnreadableBodyError` and
 * `TooManyRecordsError`.
 */
export function* parseUsageItems(text: string, context: UsageContext, receivedAt: number): Generator<CaptureItem[]> {
  const inputs = listInputs(readBodyText(text));
  let own: UsageContext | undefined;
  for (const [input, parse] of inputs.entries()) {
    try {
      own ??= parseHeaderContext(context);
      const numbered = inputs.length > 1 ? contextOfCall(own, input) : own;
      yield parse(numbered, receivedAt).map(record => ({ kind: 'record', input, record }));
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      yield [{ kind: 'rejected', input, field: error.field, error: error.message }];
    }
  }
}
