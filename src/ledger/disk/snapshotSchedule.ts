/** A database up to this size, in bytes, is written as soon as things are quiet. */
const smallDatabase = 4 * 1024 * 1024;
/** Quiet time in ms before a small database is written. */
const quietMs = 1000;
/** Age in ms at which changes are written however busy it is; a large database waits this long in any case. */
const longestMs = 55_000;
/** Bytes a second that snapshots of a very large database may write on the long run: beyond 110 MB they come less often. */
const steadyRate = 2_000_000;
/** The same for a small database. */
const smallLongestMs = 10_000;
/** Of changes that come this close together, ms, one is as good as all. */
const untouchedMs = 50;
/** Pause in ms after a write that failed: the journal holds everything meanwhile. */
const failedMs = 30_000;

interface SnapshotScheduleOptions {
  /** Size of the database in bytes. */
  readonly size: () => number;
  readonly write: () => Promise<void>;
  readonly onError: (error: Error) => void;
}

/**
 * Decides when the snapshot is written: a small database a second after the last change, a large one within a minute, and
 * never more bytes a second than the disk can bear for good (docs/architecture.md, "Durability").
 */
export class SnapshotSchedule {
  readonly #options: SnapshotScheduleOptions;
  #timer: NodeJS.Timeout | null = null;
  /** When the oldest unwritten change came, ms on the monotonic clock; null when all is written or being written. */
  #dirtySince: number | null = null;
  /** ms on the monotonic clock. */
  #touchedAt = 0;
  /** Nothing is tried by itself before, ms on the monotonic clock. */
  #notBefore = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SnapshotScheduleOptions) {
    this.#options = options;
  }

  /** Something changed. */
  touch(): void {
    const now = performance.now();
    if (this.#dirtySince !== null && now - this.#touchedAt < untouchedMs) {
      return;
    }
    this.#touchedAt = now;
    this.#dirtySince ??= now;
    const size = this.#options.size();
    const isSmall = size <= smallDatabase;
    const latest = this.#dirtySince + (isSmall ? smallLongestMs : Math.max(longestMs, (size / steadyRate) * 1000));
    const due = isSmall ? Math.min(now + quietMs, latest) : latest;
    this.#arm(Math.max(0, due - now, this.#notBefore - now));
  }

  /** Writes at once, if there is anything to write, and waits for a write that is under way. */
  now(): Promise<void> {
    this.stop();
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write());
    return this.#writing;
  }

  stop(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
  }

  async #write(): Promise<void> {
    if (this.#dirtySince === null) {
      return;
    }
    const since = this.#dirtySince;
    this.#dirtySince = null;
    try {
      await this.#options.write();
      this.#notBefore = 0;
    } catch (error) {
      this.#dirtySince = since;
      this.#notBefore = performance.now() + failedMs;
      throw error;
    }
  }

  #arm(delay: number): void {
    this.stop();
    this.#timer = setTimeout(() => {
      this.now().catch(error => {
        this.#options.onError(error);
        this.#arm(failedMs);
      });
    }, delay);
    this.#timer.unref();
  }
}
