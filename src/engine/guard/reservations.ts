import { setTimeout as sleep } from 'node:timers/promises';
import type { BudgetFacet } from '../../core/budget/match.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** A call under way. */
export interface Reservation {
  readonly live: LiveLedger;
  readonly facet: BudgetFacet;
  readonly session: string | null;
  /** What it is expected to cost. */
  readonly nanoUsd: number;
  /** Whether the client has its answer, so that all that is left is to store what it used. */
  isAnswered(): boolean;
}

/** What calls under way are expected to cost. */
export class Reservations {
  readonly #open = new Map<Reservation, Promise<void>>();

  /** Reserves; gives the function that releases, once. */
  add(reservation: Reservation): () => void {
    let onReleased: () => void = () => {};
    const released = new Promise<void>(resolve => {
      onReleased = resolve;
    });
    this.#open.set(reservation, released);
    return () => {
      this.#open.delete(reservation);
      onReleased();
    };
  }

  /**
   * Resolves when calls that have their answer are released, after so many ms at most: the next call of an agent follows its last one's
   * answer faster than that one is stored.
   */
  async settle(maxMs: number): Promise<void> {
    const answered = [...this.#open].flatMap(([{ isAnswered }, released]) => (isAnswered() ? [released] : []));
    if (answered.length > 0) {
      const enough = new AbortController();
      await Promise.race([
        Promise.all(answered),
        sleep(maxMs, undefined, { signal: enough.signal, ref: false }).catch(() => undefined),
      ]);
      enough.abort();
    }
  }

  /** The sum of those that are meant, nano-USD. */
  sum(isMeant: (reservation: Reservation) => boolean): number {
    let sum = 0;
    for (const reservation of this.#open.keys()) {
      sum += isMeant(reservation) ? reservation.nanoUsd : 0;
    }
    return sum;
  }
}
