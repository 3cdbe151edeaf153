import { appendFile, readFile } from 'node:fs/promises';
import type { Range } from '../../core/sums.ts';
import type { Withheld } from '../../forward/ledgerShare.ts';
import { ignoreMissing, replaceFile } from '../../ledger/disk/files.ts';
import { parseCallId } from '../../ledger/joining/callId.ts';
import type { Log } from '../lifecycle/log.ts';
import type { DoubleRow } from './doubles.ts';

export interface ForwardedElsewhereOptions {
  /** Where it is remembered. */
  readonly path: string;
  /** Tells of the calls that several ledgers hold; resolves when all there are were told. */
  readonly watch: (onDouble: (rows: readonly DoubleRow[]) => void) => Promise<void>;
  /** Queues calls again in a ledger, open or closed. Throws when that can't be done now. */
  readonly requeue: (folder: string, ids: readonly string[]) => Promise<void>;
  readonly log: Log;
}

/** A call whose rows are to be told anew. */
interface Flipped {
  readonly rows: readonly DoubleRow[];
  /** Folders of ledgers whose rows are not queued yet. */
  readonly todo: Set<string>;
}

/** Rows that flip are gathered so long, and what failed is tried again after so long, ms. */
const gatherMs = 200;
const retryMs = 10_000;
const quarterMs = 900_000;

/**
 * Which of the rows of a call is forwarded when several ledgers of the computer hold it: the one that counts in the machine's sums. The
 * others keep it to themselves. When that becomes another row, all of them are queued anew, so that what was told is put right.
 * Remembered over restarts, since it is what destinations were told: a call whose other rows are deleted stays as it was told.
 */
export class ForwardedElsewhere {
  readonly #options: ForwardedElsewhereOptions;
  /** By folder, then by the begin of the quarter of an hour. */
  readonly #withheld = new Map<string, Map<number, Set<string>>>();
  /** By the id of a row that is kept back: the rows that are forwarded instead, as far as they were compared since the start. */
  readonly #forwarded = new Map<string, readonly DoubleRow[]>();
  readonly #flipped = new Set<Flipped>();
  #ready: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #flushing: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: ForwardedElsewhereOptions) {
    this.#options = options;
  }

  /** What the ledger of a folder keeps to itself. The first time, all ledgers are compared in the background. */
  of(folder: string): Withheld {
    this.#ready ??= this.#begin();
    return {
      ready: this.#ready,
      has: id => this.#has(folder, id),
      within: ({ fromMs, toMs }) =>
        [...(this.#withheld.get(folder) ?? [])].flatMap(([quarter, ids]) =>
          quarter >= fromMs && quarter < toMs ? [...ids] : [],
        ),
    };
  }

  /** Queues the rows again that other ledgers forward instead of those that a folder's ledger keeps to itself. Throws when that fails. */
  async requeueInstead(folder: string, range: Range): Promise<void> {
    const withheld = this.of(folder);
    await withheld.ready;
    const rows = withheld.within(range).flatMap(id => this.#forwarded.get(id) ?? []);
    for (const [other, own] of Map.groupBy(rows, row => row.folder)) {
      await this.#options.requeue(
        other,
        own.map(({ id }) => id),
      );
    }
  }

  /** Queues nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer ?? undefined);
    await this.#flushing;
  }

  async #begin(): Promise<void> {
    const { watch, log } = this.#options;
    try {
      await this.#restore();
      await watch(rows => this.#weigh(rows));
    } catch (error) {
      // Then a call may count twice; but it is forwarded.
      log('error', `Calls that two workspaces hold can't be told: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** What was told, written anew without what it went through meanwhile, so that the file is never much longer than it has to be. */
  async #restore(): Promise<void> {
    const rows = parse((await readFile(this.#options.path, 'utf8').catch(ignoreMissing)) ?? '');
    for (const row of rows) {
      this.#set(row);
    }
    const kept = [...this.#withheld].flatMap(([folder, quarters]) =>
      [...quarters.values()].flatMap(ids => [...ids].map(id => ({ folder, id, isExtra: true }))),
    );
    if (kept.length < rows.length) {
      await replaceFile(this.#options.path, Buffer.from(formatLines(kept)));
    }
  }

  #weigh(rows: readonly DoubleRow[]): void {
    const forwarded = rows.filter(({ isExtra }) => !isExtra);
    for (const { id } of rows.filter(({ isExtra }) => isExtra)) {
      this.#forwarded.set(id, forwarded);
    }
    if (rows.some(({ folder, id, isExtra }) => this.#has(folder, id) !== isExtra)) {
      for (const row of rows) {
        this.#set(row);
      }
      this.#flipped.add({ rows, todo: new Set(rows.map(({ folder }) => folder)) });
      this.#after(gatherMs);
    }
  }

  #after(ms: number): void {
    if (this.#timer === null && !this.#isStopped) {
      this.#timer = setTimeout(() => {
        this.#timer = null;
        this.#flushing = this.#flushing.then(() => this.#flush());
      }, ms);
      this.#timer.unref();
    }
  }

  async #flush(): Promise<void> {
    const { requeue, path, log } = this.#options;
    const flipped = [...this.#flipped];
    try {
      for (const folder of new Set(flipped.flatMap(({ todo }) => [...todo]))) {
        const rows = flipped.flatMap(({ rows, todo }) => (todo.has(folder) ? rows : []));
        const ids = new Set(rows.flatMap(row => (row.folder === folder ? [row.id] : [])));
        await requeue(folder, [...ids]);
        for (const { todo } of flipped) {
          todo.delete(folder);
        }
      }
    } catch (error) {
      log('info', `Told later of calls that two workspaces hold: ${error instanceof Error ? error.message : error}`);
      this.#after(retryMs);
    }
    const done = flipped.filter(({ todo }) => todo.size === 0);
    try {
      // Not before they are queued: a kill in between queues them again.
      await appendFile(path, formatLines(done.flatMap(({ rows }) => rows)));
      for (const each of done) {
        this.#flipped.delete(each);
      }
    } catch (error) {
      log('warn', `${path} could not be written: ${error instanceof Error ? error.message : error}`);
      this.#after(retryMs);
    }
  }

  #has(folder: string, id: string): boolean {
    return this.#withheld.get(folder)?.get(quarterOf(id))?.has(id) ?? false;
  }

  #set({ folder, id, isExtra }: DoubleRow): void {
    const quarters = this.#withheld.get(folder) ?? new Map<number, Set<string>>();
    const ids = quarters.get(quarterOf(id)) ?? new Set<string>();
    this.#withheld.set(folder, quarters.set(quarterOf(id), ids));
    if (isExtra) {
      ids.add(id);
    } else {
      ids.delete(id);
    }
  }
}

function quarterOf(id: string): number {
  return Math.floor((parseCallId(id)?.timestamp ?? 0) / quarterMs) * quarterMs;
}

function formatLines(rows: readonly DoubleRow[]): string {
  return rows.map(row => `${JSON.stringify(row)}\n`).join('');
}

/** One JSON object a line, the last one of an id is right; a line that a kill cut off is passed over. */
function parse(text: string): DoubleRow[] {
  return text.split('\n').flatMap(line => {
    try {
      return [JSON.parse(line) as DoubleRow];
    } catch {
      return [];
    }
  });
}
