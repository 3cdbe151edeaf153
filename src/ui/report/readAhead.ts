import type { Place } from '../../../webview-ui/messages.ts';

/**
 * Content that is loaded while its page is still being opened: the engine's work and the browser's take the time of the longer one, not of
 * both.
 */
export class ReadAhead<T> {
  #place = '';
  #answer: Promise<T> | null = null;
  #loading = new AbortController();
  #isOutdated = false;

  /** Begins to load what a page will ask for first. Whatever was begun before is given up. */
  begin(place: Place, load: (signal: AbortSignal) => Promise<T>): void {
    this.drop();
    this.#loading = new AbortController();
    this.#place = JSON.stringify(place);
    this.#answer = load(this.#loading.signal);
    // Nobody may ever ask for it.
    this.#answer.catch(() => undefined);
  }

  /** The content of a place, once; null when nothing was begun for it. `isOutdated` tells whether something was recorded since then. */
  take(place: Place): { readonly answer: Promise<T>; readonly isOutdated: () => boolean } | null {
    const answer = this.#answer;
    if (answer === null || this.#place !== JSON.stringify(place)) {
      return null;
    }
    this.#answer = null;
    return { answer, isOutdated: () => this.#isOutdated };
  }

  /** Something was recorded: what is loaded may lack it. */
  outdate(): void {
    this.#isOutdated = true;
  }

  drop(): void {
    this.#loading.abort();
    this.#answer = null;
    this.#isOutdated = false;
  }
}
