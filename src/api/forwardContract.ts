/** Forwarding in the HTTP interface (docs/http-api.md). Types only. */

/** How forwarding to one destination goes. */
export interface ForwardingState {
  readonly name: string;
  readonly type: 'postgresql' | 'otlp';
  readonly privacy: 'totals' | 'calls' | 'full';
  /** Calls that wait. */
  readonly waiting: number;
  /** ISO 8601 in UTC; null before the first time since the engine began. */
  readonly last_sent: string | null;
  /** Why the last try failed; null when it did not. */
  readonly last_error: string | null;
}

/** Answer of `GET /v1/forward`. */
export interface ForwardingAnswer {
  readonly destinations: readonly ForwardingState[];
}

/** A line of the answer of `POST /v1/forward/history`: calls that the destination has, of those of the range; `done` or `failed` last. */
export type ForwardHistoryEvent =
  | { readonly type: 'progress'; readonly sent: number; readonly total: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly detail: string };
