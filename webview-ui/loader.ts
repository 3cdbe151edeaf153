/** Asking for content: numbered requests, stale answers dropped, a missing answer noticed, live refreshes bounded. */
import type { Connection, FromPage, Place, ReportContent, ToPage } from './messages.ts';

/** Why content is asked for: the user chose something, or something was recorded. */
export type LoadReason = 'user' | 'live';

export interface LoaderEvents {
  onDidStart(reason: LoadReason): void;
  onDidLoad(content: ReportContent, connection: Connection, reason: LoadReason): void;
  /** `error` is the host's text, or null when no answer came. */
  onDidFail(error: string | null, reason: LoadReason): void;
}

/** At most two live refreshes a second. */
const refreshEveryMs = 500;
export const answerWithinMs = 15_000;

export class ContentLoader {
  readonly #post: (message: FromPage) => void;
  readonly #events: LoaderEvents;
  #place: Place;
  #lastRequest = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** The request that is under way; an answer to any other is stale. */
  #pending: { readonly request: number; readonly reason: LoadReason; readonly timer: number } | null = null;
  #refreshTimer: number | null = null;
  #isOutdated = false;

  constructor(place: Place, post: (message: FromPage) => void, events: LoaderEvents) {
    this.#place = place;
    this.#post = post;
    this.#events = events;
  }

  /** Asks at once; whatever was under way is stale from now on. */
  load(place: Place = this.#place, reason: LoadReason = 'user'): void {
    this.#settle();
    this.#cancelRefresh();
    this.#isOutdated = false;
    this.#place = place;
    const request = ++this.#lastRequest;
    const timer = window.setTimeout(() => this.#fail(request, null), answerWithinMs);
    this.#pending = { request, reason, timer };
    this.#sentAt = performance.now();
    this.#events.onDidStart(reason);
    this.#post({ type: 'load', request, place });
  }

  /** Something was recorded: asks again soon, or after the answer that is under way. */
  refresh(): void {
    if (this.#pending) {
      this.#isOutdated = true;
    } else if (this.#refreshTimer === null) {
      const wait = Math.max(0, this.#sentAt + refreshEveryMs - performance.now());
      this.#refreshTimer = window.setTimeout(() => this.load(this.#place, 'live'), wait);
    }
  }

  /** Takes an answer; a stale one is dropped. */
  receive(message: Extract<ToPage, { type: 'content' | 'failed' }>): void {
    if (message.type === 'failed') {
      this.#fail(message.request, message.error);
      return;
    }
    const pending = this.#settle(message.request);
    if (pending) {
      this.#events.onDidLoad(message.content, message.connection, pending.reason);
      if (this.#isOutdated) {
        this.refresh();
      }
    }
  }

  #fail(request: number, error: string | null): void {
    const pending = this.#settle(request);
    if (pending) {
      this.#events.onDidFail(error, pending.reason);
    }
  }

  /** Ends the request under way, if it is this one (or any). */
  #settle(request?: number): { readonly reason: LoadReason } | null {
    const pending = this.#pending;
    if (!pending || (request !== undefined && pending.request !== request)) {
      return null;
    }
    window.clearTimeout(pending.timer);
    this.#pending = null;
    return pending;
  }

  #cancelRefresh(): void {
    if (this.#refreshTimer !== null) {
      window.clearTimeout(this.#refreshTimer);
      this.#refreshTimer = null;
    }
  }
}
