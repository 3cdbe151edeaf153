import { addSums, type Range, type Sums } from '../../core/sums.ts';

/** Ranges remembered at most: today, week and month of some zones, and those of the budgets. */
const memorySize = 48;

interface Remembered {
  readonly range: Range;
  sums: Sums;
}

/**
 * Sums over ranges that are asked for again and again while calls pour in (today's spend after every call): computed once from the
 * tables, then kept up to date with each call that is added or taken out.
 */
export class SumCache {
  readonly #ranges = new Map<string, Remembered>();

  /** The sums of a range, computed if they are not remembered. */
  get(range: Range, compute: () => Sums): Sums {
    const key = `${range.fromMs} ${range.toMs}`;
    let known = this.#ranges.get(key);
    if (known) {
      // The range asked for last is forgotten last.
      this.#ranges.delete(key);
    } else {
      known = { range, sums: compute() };
    }
    this.#ranges.set(key, known);
    if (this.#ranges.size > memorySize) {
      this.#ranges.delete(this.#ranges.keys().next().value ?? '');
    }
    return known.sums;
  }

  /** A call at an instant (epoch ms) was added (`sign` 1) or taken out (-1); `read` tells what it counts. */
  add(timestamp: number, sign: 1 | -1, read: () => Sums): void {
    let sums: Sums | undefined;
    for (const known of this.#ranges.values()) {
      if (timestamp >= known.range.fromMs && timestamp < known.range.toMs) {
        sums ??= read();
        known.sums = addSums(known.sums, sums, sign);
      }
    }
  }

  /** Forgets all: rows changed in another way, or a transaction was rolled back. */
  forget(): void {
    this.#ranges.clear();
  }
}
