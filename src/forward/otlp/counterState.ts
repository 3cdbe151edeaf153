import { readFile } from 'node:fs/promises';
import type { Sums } from '../../core/sums.ts';
import { ignoreMissing, replaceFile } from '../../ledger/disk/files.ts';
import type { DisclosedSums } from '../delivery.ts';

interface Stored {
  readonly startedAt: number;
  readonly highest: readonly (readonly [key: string, Sums])[];
}

/**
 * What counters must remember over restarts: since when they count, and how far each had come. A counter that falls (a join of two
 * calls, a deletion) would be read as one that began anew, and counted double; it stays until it is passed again.
 */
export class CounterState {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly #path: string;
  readonly #highest: Map<string, Sums>;
  #isChanged = false;

  private constructor(path: string, { startedAt, highest }: Stored) {
    this.#path = path;
    this.startedAt = startedAt;
    this.#highest = new Map(highest);
  }

  /** Counters begin at `nowMs` where nothing is stored yet, or what is can't be read. */
  static async open(path: string, nowMs: number): Promise<CounterState> {
    const text = await readFile(path, 'utf8').catch(ignoreMissing);
    return new CounterState(path, parse(text) ?? { startedAt: nowMs, highest: [] });
  }

  /** The sums, none lower than it ever was. */
  raise(sums: readonly DisclosedSums[]): DisclosedSums[] {
    return sums.map(({ sums: now, ...labels }) => {
      const key = JSON.stringify(labels);
      const before = this.#highest.get(key);
      const raised = before ? highestOf(now, before) : now;
      this.#isChanged ||= before === undefined || JSON.stringify(before) !== JSON.stringify(raised);
      this.#highest.set(key, raised);
      return { ...labels, sums: raised };
    });
  }

  /** Throws the system's error. */
  async save(): Promise<void> {
    if (this.#isChanged) {
      const stored: Stored = { startedAt: this.startedAt, highest: [...this.#highest] };
      await replaceFile(this.#path, Buffer.from(JSON.stringify(stored)));
      this.#isChanged = false;
    }
  }
}

function highestOf(a: Sums, b: Sums): Sums {
  const names = Object.keys(a) as (keyof Sums)[];
  return Object.fromEntries(names.map(name => [name, Math.max(a[name], b[name])])) as unknown as Sums;
}

function parse(text: string | undefined): Stored | null {
  try {
    const stored = JSON.parse(text ?? '');
    return typeof stored.startedAt === 'number' && Array.isArray(stored.highest) ? stored : null;
  } catch {
    return null;
  }
}
