import type { Ledger } from '../../ledger/ledger.ts';
import type { Log } from '../lifecycle/log.ts';

/** What was shown, silenced or allowed, kept in a ledger for good and in memory: a full disk must not make a notice come again. */
export class NoticeMarks {
  readonly #ledger: Pick<Ledger, 'isNoticeMarked' | 'markNotice' | 'notices'>;
  readonly #log: Log;
  readonly #known = new Map<string, boolean>();
  /** By the key of a budget, epoch ms: the last time it was allowed to be overdrawn until. */
  readonly #allowed = new Map<string, number>();
  /** Notices on their way to a window, by whoever asks it. */
  readonly #claims = new Map<string, unknown>();

  constructor(ledger: Pick<Ledger, 'isNoticeMarked' | 'markNotice' | 'notices'>, log: Log) {
    this.#ledger = ledger;
    this.#log = log;
    const told = ledger.notices('allow:').map(mark => mark.split(':'));
    // What was said last holds.
    for (const [, key = '', until] of told.sort((a, b) => Number(a[3]) - Number(b[3]))) {
      this.#allowed.set(key, Number(until) || 0);
    }
  }

  has(mark: string): boolean {
    const known = this.#known.get(mark);
    if (known !== undefined) {
      return known;
    }
    const isMarked = this.#ledger.isNoticeMarked(mark);
    this.#known.set(mark, isMarked);
    return isMarked;
  }

  /** Resolves when the mark is kept, or was logged as not kept. */
  async add(mark: string): Promise<void> {
    if (!this.has(mark)) {
      this.#known.set(mark, true);
      await this.#ledger.markNotice(mark).catch((error: Error) => {
        this.#log('error', `Could not store what became of a budget notice: ${error.message}`);
      });
    }
  }

  /** The marks that begin with a text. */
  list(prefix: string): readonly string[] {
    return this.#ledger.notices(prefix);
  }

  /** Says at an instant until which one a budget may be overdrawn, both epoch ms. */
  async allow(budget: string, untilMs: number, atMs: number): Promise<void> {
    this.#allowed.set(budget, untilMs);
    await this.add(`allow:${budget}:${untilMs}:${atMs}`);
  }

  /** Until when a budget may be or might have been overdrawn, epoch ms; 0 when it never was. */
  allowedUntil(budget: string): number {
    return this.#allowed.get(budget) ?? 0;
  }

  /** Takes a notice for oneself; false when another one has it. */
  claim(mark: string, owner: unknown): boolean {
    if (!this.#claims.has(mark)) {
      this.#claims.set(mark, owner);
    }
    return this.#claims.get(mark) === owner;
  }

  /** Gives up all that was claimed. */
  release(owner: unknown): void {
    for (const [mark, by] of this.#claims) {
      if (by === owner) {
        this.#claims.delete(mark);
      }
    }
  }
}
