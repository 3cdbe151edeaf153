/** A database up to this size, in bytes, is written as soon as things are quiet. */
const smallDatabase = 4 * 1024 * 1024;
/** Quiet time in ms before a small database is written. */
const quietMs = 1000;
/** Age in ms at which changes are written however busy it is; a large database waits this long in any case. */
const longestMs = 55_000;
/** The same for a small database. */
const smallLongestMs = 10_000;

interface SnapshotScheduleOptions {
  /** Size of the database in bytes. */
  readonly size: () => number;
  readonly write: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

/**
 * Decides when the snapshot is written: a small database a second after the last change, a large one within a minute, so that
 * the cost per record stays bounded as it grows (docs/architecture.md, "Durability").
 */
export class SnapshotSchedule {
  readonly #options: SnapshotScheduleOptions;
  #timer: NodeJS.Timeout | null = null;
  /** When the oldest unwritten change came, ms on the monotonic clock; null when all is written. */
  #dirtySince: number | null = null;

  constructor(options: SnapshotScheduleOptions) {
    this.#options = options;
  }

  /** Something changed. */
  touch(): void {
    const now = performance.now();
    this.#dirtySince ??= now;
    const isSmall = this.#options.size() <= smallDatabase;
    const remaining = this.#dirtySince + (isSmall ? smallLongestMs : longestMs) - now;
    this.#arm(Math.max(0, isSmall ? Math.min(quietMs, remaining) : remaining));
  }

  /** Writes at once, if there is anything to write. */
  async now(): Promise<void> {
    this.stop();
    if (this.#dirtySince === null) {
      return;
    }
    const since = this.#dirtySince;
    this.#dirtySince = null;
    try {
      await this.#options.write();
    } catch (error) {
      this.#dirtySince = since;
      throw error;
    }
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
  }

  #arm(delay: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.now().catch(error => {
        this.#options.onError(error);
        // The journal holds everything; the next attempt comes with the next change, or in a minute.
        this.#arm(longestMs);
      });
    }, delay);
    this.#timer.unref();
  }
}
