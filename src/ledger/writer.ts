import { setImmediate as nextTurn } from 'node:timers/promises';
import { StorageError } from './disk/files.ts';
import type { Change } from './tables/change.ts';
import type { Database } from './tables/database.ts';

/**
 * One unit of work: changes the tables inside the open transaction and says what the journal must hold. It may be done again from
 * the start, when another unit's fault undid the transaction, and must not remember anything then.
 */
export type Work<T> = () => Done<T> | Steps<Done<T>>;

export interface Done<T> {
  readonly result: T;
  readonly changes: readonly Change[];
}

/** Long work in steps, between which others than writers get their turn: they see what is done so far. */
type Steps<T> = Generator<void, T, void>;

interface Queued {
  readonly run: () => Promise<readonly Change[]> | readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Something that needs the ledger to itself, with no transaction open. */
interface Exclusive {
  readonly alone: () => Promise<void>;
}

/** What hangs on a transaction beside the database itself. */
export interface Transaction {
  /** Makes changes durable before they are acknowledged. Throws `StorageError`; then none of them is. */
  keep(changes: readonly Change[]): Promise<void>;
  /** Writes what was gathered: before the transaction ends. */
  write(): void;
  /** Forgets what is remembered: the transaction was undone. */
  forget(): void;
}

/** How long steps may hold up everything else, ms. */
const turnMs = 8;
/** Units of work taken into one transaction and one sync at most. */
const groupSize = 512;

/**
 * The only writer of a ledger. Work that waits while the disk syncs is taken together: one transaction, one append, one sync,
 * then all of it is acknowledged (group commit). When the disk refuses, the transaction is undone and nothing is acknowledged.
 */
export class Writer {
  readonly #db: Database;
  readonly #transaction: Transaction;
  #queue: (Queued | Exclusive)[] = [];
  #isDraining = false;

  constructor(db: Database, transaction: Transaction) {
    this.#db = db;
    this.#transaction = transaction;
  }

  /** Does the work; resolves when it is durable. Rejects with {@link StorageError} when the disk refuses. */
  submit<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let done: T;
      this.#queue.push({
        run: () => {
          const keep = ({ result, changes }: Done<T>) => {
            done = result;
            return changes;
          };
          const worked = work();
          return 'next' in worked ? this.#inTurns(worked).then(keep) : keep(worked);
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
    let done = group;
    let changes: readonly Change[] | null = null;
    while (changes === null && done.length > 0) {
      try {
        this.#db.reserve();
        this.#db.run('BEGIN');
      } catch (error) {
        // The ledger was closed while this work waited: each caller hears of it, and nobody else.
        for (const unit of done) {
          unit.reject(error);
        }
        return;
      }
      let current: Queued | undefined;
      try {
        const gathered: Change[] = [];
        for (current of done) {
          const changes = current.run();
          for (const change of 'then' in changes ? await changes : changes) {
            gathered.push(change);
          }
        }
        current = undefined;
        this.#transaction.write();
        changes = gathered;
      } catch (error) {
        // One unit's fault must not cost the others their transaction: they are done again without it.
        this.#undo();
        for (const unit of current ? [current] : done) {
          unit.reject(error);
        }
        done = done.filter(unit => current !== undefined && unit !== current);
      }
    }
    try {
      if (changes !== null && changes.length > 0) {
        await this.#transaction.keep(changes);
      }
      if (changes !== null) {
        this.#db.run('COMMIT');
      }
    } catch (error) {
      this.#undo();
      for (const unit of done) {
        unit.reject(StorageError.from(error));
      }
      return;
    }
    for (const unit of done) {
      unit.resolve();
    }
  }

  async #inTurns<T>(steps: Steps<T>): Promise<T> {
    for (let until = performance.now() + turnMs; ; ) {
      const step = steps.next();
      if (step.done) {
        return step.value;
      }
      if (performance.now() > until) {
        // Who reads meanwhile must find sums that fit the rows.
        this.#transaction.write();
        await nextTurn();
        until = performance.now() + turnMs;
      }
    }
  }

  #undo(): void {
    this.#db.run('ROLLBACK');
    this.#transaction.forget();
  }
}
