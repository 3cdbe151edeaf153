import type { Change } from './change.ts';
import type { Database } from './database.ts';
import { StorageError } from './files.ts';
import type { Journal } from './journal.ts';

/** One unit of work: changes the tables inside the open transaction and says what the journal must hold. */
export type Work<T> = () => { readonly result: T; readonly changes: readonly Change[] };

interface Queued {
  readonly run: () => readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Something that needs the ledger to itself, with no transaction open. */
interface Exclusive {
  readonly alone: () => Promise<void>;
}

/** Units of work taken into one transaction and one sync at most. */
const groupSize = 512;

/**
 * The only writer of a ledger. Work that waits while the disk syncs is taken together: one transaction, one append, one sync,
 * then all of it is acknowledged (group commit). When the disk refuses, the transaction is undone and nothing is acknowledged.
 */
export class Writer {
  readonly #db: Database;
  readonly #journal: Journal;
  readonly #onRollback: () => void;
  #queue: (Queued | Exclusive)[] = [];
  #isDraining = false;

  constructor(db: Database, journal: Journal, onRollback: () => void) {
    this.#db = db;
    this.#journal = journal;
    this.#onRollback = onRollback;
  }

  /** Does the work; resolves when it is durable. Rejects with {@link StorageError} when the disk refuses. */
  submit<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let done: T;
      this.#queue.push({
        run: () => {
          const { result, changes } = work();
          done = result;
          return changes;
        },
        resolve: () => resolve(done),
        reject,
      });
      this.#start();
    });
  }

  /** Runs something between two groups, with no transaction open. */
  exclusively<T>(action: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ alone: () => action().then(resolve, reject) });
      this.#start();
    });
  }

  #start(): void {
    if (!this.#isDraining) {
      this.#isDraining = true;
      // One turn later, so that requests read from the network together are committed together.
      setImmediate(() => this.#drain());
    }
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if ('alone' in next) {
        this.#queue.shift();
        await next.alone();
      } else {
        await this.#commit(this.#takeGroup());
      }
    }
    this.#isDraining = false;
  }

  /** The queued work up to the next exclusive action. */
  #takeGroup(): Queued[] {
    const end = this.#queue.findIndex(item => 'alone' in item);
    return this.#queue.splice(0, Math.min(groupSize, end < 0 ? groupSize : end)) as Queued[];
  }

  async #commit(group: readonly Queued[]): Promise<void> {
    const done: Queued[] = [];
    const changes: Change[] = [];
    try {
      this.#db.reserve();
      this.#db.exec('BEGIN');
    } catch (error) {
      // The ledger was closed while this work waited: each caller hears of it, and nobody else.
      for (const unit of group) {
        unit.reject(error);
      }
      return;
    }
    for (const unit of group) {
      this.#db.exec('SAVEPOINT unit');
      try {
        for (const change of unit.run()) {
          changes.push(change);
        }
        done.push(unit);
      } catch (error) {
        // One unit's fault must not cost the others their transaction.
        this.#db.exec('ROLLBACK TO unit');
        this.#onRollback();
        unit.reject(error);
      }
      this.#db.exec('RELEASE unit');
    }
    try {
      if (changes.length > 0) {
        await this.#journal.append(changes);
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      this.#onRollback();
      for (const unit of done) {
        unit.reject(StorageError.from(error));
      }
      return;
    }
    for (const unit of done) {
      unit.resolve();
    }
  }
}
