import type { Disposable } from 'vscode';

/** Runs something at most once per interval: at once when it has been quiet, else at the interval's end. */
export class Throttle implements Disposable {
  readonly #intervalMs: number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | null = null;
  #isAskedAgain = false;

  constructor(intervalMs: number, run: () => void) {
    this.#intervalMs = intervalMs;
    this.#run = run;
  }

  trigger(): void {
    if (this.#timer) {
      this.#isAskedAgain = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        this.trigger();
      }
    }, this.#intervalMs);
    this.#run();
  }

  dispose(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    this.#isAskedAgain = false;
  }
}
