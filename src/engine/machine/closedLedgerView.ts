import type { ForwardedLedger } from '../../forward/ledgerShare.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ClosedLedgers } from './closedLedgers.ts';

/** A look into a closed ledger costs more than one into an open one, so more is sent at once. */
const timesMore = 10;

/**
 * A closed ledger as forwarding sees it: opened for each look and each change, and free in between, however long a destination
 * takes. Throws when it can't be looked into.
 */
export class ClosedLedgerView implements ForwardedLedger, Pick<Ledger, 'call' | 'doubles'> {
  readonly folder: string;
  readonly #closedLedgers: Pick<ClosedLedgers, 'read' | 'change'>;
  readonly #onLook: () => void;
  readonly #waiting = new Map<string, number>();
  #ledger: Ledger | null = null;
  #isLeft = false;

  /** `onLook` is called after each look and change. */
  constructor(folder: string, closedLedgers: Pick<ClosedLedgers, 'read' | 'change'>, onLook: () => void) {
    this.folder = folder;
    this.#closedLedgers = closedLedgers;
    this.#onLook = onLook;
  }

  /** Looks no more: somebody opens the folder. */
  leave(): void {
    this.#isLeft = true;
  }

  settled<T>(read: () => T): Promise<T> {
    return this.#look('read', ledger =>
      ledger.settled(() => {
        this.#ledger = ledger;
        try {
          return read();
        } finally {
          this.#ledger = null;
        }
      }),
    );
  }

  /** As of the last look; before the first one something may wait. */
  waiting(destination: string): number {
    return this.#waiting.get(destination) ?? 1;
  }

  markForwarded(destination: string, through: number): Promise<void> {
    return this.#look('change', async ledger => {
      await ledger.markForwarded(destination, through);
      this.#waiting.set(destination, ledger.waiting(destination));
    });
  }

  outgoing(destination: string, limit: number) {
    this.#waiting.set(destination, this.#open.waiting(destination));
    return this.#open.outgoing(destination, limit * timesMore);
  }

  group(...asked: Parameters<Ledger['group']>) {
    return this.#open.group(...asked);
  }

  call(id: string) {
    return this.#open.call(id);
  }

  doubles(...asked: Parameters<Ledger['doubles']>) {
    return this.#open.doubles(...asked);
  }

  /** What is read is read in {@link settled}. */
  get #open(): Ledger {
    if (this.#ledger === null) {
      throw new Error(`${this.folder} is closed.`);
    }
    return this.#ledger;
  }

  async #look<T>(how: 'read' | 'change', action: (ledger: Ledger) => Promise<T>): Promise<T> {
    const found = this.#isLeft
      ? null
      : await this.#closedLedgers[how](this.folder, async ledger => ({ value: await action(ledger) }));
    if (found === null) {
      throw new Error(`${this.folder} can't be looked into.`);
    }
    this.#onLook();
    return found.value;
  }
}
