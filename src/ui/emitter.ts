import type { Disposable, Event } from 'vscode';

/** VS Code's `EventEmitter` without VS Code, so that what fires events can be tested outside of a host. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener, thisArg?: unknown, disposables?: Disposable[]) => {
    const bound = (value: T) => listener.call(thisArg, value);
    this.#listeners.add(bound);
    const subscription = { dispose: () => void this.#listeners.delete(bound) };
    disposables?.push(subscription);
    return subscription;
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      listener(value);
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
