import type { Completeness } from '../../core/usageRecord.ts';
import type { JsonObject } from '../json.ts';

/**
 * Gathers what the events of one streamed call say about its usage. Keeps counts, names and ids, never content, so it can listen
 * to a live stream of any length.
 */
export interface Accumulator {
  push(event: JsonObject): void;
  /** The response so far, in the shape of one that was not streamed. May be called at any time. */
  finish(): { readonly response: JsonObject; readonly completeness: Completeness };
  /** The call is over: an event without an id belongs to another one. */
  readonly isClosed: boolean;
}

/** Copies the named fields that say something (not null, not an empty string) into `target`. */
export function copyFields(target: Record<string, unknown>, source: JsonObject, fields: readonly string[]): void {
  for (const field of fields) {
    const value = source[field];
    if (value !== undefined && value !== null && value !== '') {
      target[field] = value;
    }
  }
}
