import { setImmediate as nextTurn } from 'node:timers/promises';
import { addSums, noSums, type Range, type Sums } from '../../core/sums.ts';
import { type Quarter, sumsOf } from '../../ledger/joining/lookUps.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { FacetSpend } from '../../ledger/sums/spend.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import type { ClosedLedgers } from './closedLedgers.ts';
import { type CallSource, type DoubleRow, Doubles } from './doubles.ts';
import { IdSet } from './idSet.ts';

/** Steps of some microseconds. */
const stepsPerTurn = 100;

interface ClosedLedger {
  readonly source: CallSource;
  readonly quarters: readonly Quarter[];
  readonly spend: readonly FacetSpend[];
}

/**
 * All ledgers of the user since an instant: those that are open, and of those that are closed the sums of each quarter of an hour,
 * which every day of every zone is made of. Knows which calls several of them hold.
 */
export class AllLedgers {
  /** Epoch ms. */
  readonly sinceMs: number;
  readonly #closedLedgers: ClosedLedgers;
  readonly #onChange: () => void;
  readonly #onDouble: (rows: readonly DoubleRow[]) => void;
  readonly #open = new Map<string, { readonly ledger: Ledger; readonly source: CallSource }>();
  readonly #closed = new Map<string, ClosedLedger>();
  readonly #doubles = new Doubles(
    () => [...this.#open.values(), ...this.#closed.values()].map(({ source }) => source),
    rows => this.#onDouble(rows),
  );
  /** Folders of closed ledgers that will be looked into for what is wanted of them. */
  readonly #asked = new Set<string>();
  readonly #fetches = new Set<Promise<void>>();
  /** By folder: calls that are counted too much since retention dropped one of their rows. */
  readonly #leftBehind = new Map<string, readonly CallRow[]>();
  /** Null until asked for; `of` is what it was made of. */
  #extra: { readonly of: readonly CallRow[]; readonly rows: readonly CallRow[] } | null = null;
  /** Null until asked for. */
  #closedSpend: readonly FacetSpend[] | null = null;
  /** Nothing is read any more: the ledgers are about to be closed. */
  #isStopped = false;

  /** `onChange` is called when something was found out in the background, `onDouble` with the rows of a call that several ledgers hold. */
  constructor(
    sinceMs: number,
    closedLedgers: ClosedLedgers,
    onChange: () => void = () => {},
    onDouble: (rows: readonly DoubleRow[]) => void = () => {},
  ) {
    this.sinceMs = sinceMs;
    this.#closedLedgers = closedLedgers;
    this.#onChange = onChange;
    this.#onDouble = onDouble;
  }

  /** A ledger is open from now on. Resolves when its calls were compared with those of all others. */
  async addOpen(folder: string, ledger: Ledger): Promise<void> {
    const wasKnown = this.#closed.delete(folder);
    this.#closedSpend = null;
    const source: CallSource = { folder, knows: id => ledger.knows(id), findByIds: ids => ledger.findByIds(ids) };
    this.#open.set(folder, { ledger, source });
    this.#leave(folder, ledger.doubles(this.#sinceThen));
    if (!wasKnown) {
      await this.#compare(source, ledger.ids(this.sinceMs));
    }
  }

  /** Looks into a ledger that is closed, when anything was written to it since then. */
  async addClosed(folder: string): Promise<void> {
    const lastWrite = await this.#closedLedgers.lastWrite(folder);
    if (lastWrite === null || lastWrite < this.sinceMs || this.#open.has(folder)) {
      return;
    }
    const found = await this.#closedLedgers.read(folder, ledger => ({
      pages: [...ledger.ids(this.sinceMs)],
      quarters: ledger.quarters(this.#sinceThen),
      spend: ledger.spend.quarters(this.#sinceThen),
      doubles: ledger.doubles(this.#sinceThen),
    }));
    // A window may have been waiting for the folder.
    if (found === null || this.#open.has(folder)) {
      return;
    }
    const source = this.#createClosedSource(folder, new IdSet(found.pages));
    this.#closed.set(folder, { source, quarters: found.quarters, spend: found.spend });
    this.#leave(folder, found.doubles);
    this.#closedSpend = null;
    await this.#compare(source, found.pages);
  }

  /** Reads no ledger from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  /** A record with these ids was stored in an open ledger, in the row with that id. */
  look(folder: string, ids: readonly string[], row: string): void {
    const open = this.#open.get(folder);
    if (open && ids.length > 0 && !this.#isStopped) {
      this.#doubles.look(open.source, ids, row);
    }
  }

  /** Rows changed in another way. Resolves when all calls that several ledgers hold were looked at again. */
  async review(): Promise<void> {
    for (const [folder, { ledger }] of this.#open) {
      this.#leave(folder, ledger.doubles(this.#sinceThen));
    }
    await this.#inTurns(this.#doubles.review());
  }

  /** Sums over a range that begins and ends with a quarter of an hour. */
  sum(range: Range): Sums {
    let total = noSums;
    for (const { ledger } of this.#open.values()) {
      total = addSums(total, ledger.sum(range));
    }
    for (const { fromMs, sums } of [...this.#closed.values()].flatMap(({ quarters }) => quarters)) {
      if (fromMs >= range.fromMs && fromMs < range.toMs) {
        total = addSums(total, sums);
      }
    }
    return this.extra(range).reduce((sums, row) => addSums(sums, sumsOf(row), -1), total);
  }

  /** What calls cost in the ledgers that are closed; the same list until that changes. */
  get closedSpend(): readonly FacetSpend[] {
    this.#closedSpend ??= [...this.#closed.values()].flatMap(({ spend }) => spend);
    return this.#closedSpend;
  }

  /** All rows that are counted too much when all ledgers are added up; the same list until that changes. */
  get allExtra(): readonly CallRow[] {
    const of = this.#doubles.extra;
    if (this.#extra?.of !== of) {
      const left = [...this.#leftBehind.values()].flat();
      this.#extra = { of, rows: left.length === 0 ? of : [...of, ...left] };
    }
    return this.#extra.rows;
  }

  /** What has to be taken off once an open ledger drops its calls before an instant (epoch ms) and keeps their sums. */
  async leaveBehind(folder: string, before: number): Promise<CallRow[]> {
    const rows: CallRow[] = [];
    const source = this.#open.get(folder)?.source;
    if (source) {
      function* gather(steps: Iterable<readonly CallRow[]>): Generator<void> {
        for (const step of steps) {
          rows.push(...step);
          yield;
        }
      }
      await this.#inTurns(gather(this.#doubles.leaveBehind(source, ({ record }) => record.timestamp < before)));
    }
    return rows;
  }

  get #sinceThen(): Range {
    return { fromMs: this.sinceMs, toMs: Number.MAX_SAFE_INTEGER };
  }

  #leave(folder: string, rows: readonly CallRow[]): void {
    if (rows.length !== (this.#leftBehind.get(folder)?.length ?? 0)) {
      this.#leftBehind.set(folder, rows);
      this.#extra = null;
    }
  }

  /** The rows of a range that are counted too much when all ledgers are added up. */
  extra({ fromMs, toMs }: Range): CallRow[] {
    return this.allExtra.filter(({ record: { timestamp } }) => timestamp >= fromMs && timestamp < toMs);
  }

  /** Resolves when nothing is being found out. */
  async settle(): Promise<void> {
    while (this.#fetches.size > 0) {
      await Promise.all(this.#fetches);
    }
  }

  async #compare(source: CallSource, pages: Iterable<readonly string[]>): Promise<void> {
    const doubles = this.#doubles;
    function* compareAll(): Generator<void> {
      for (const page of pages) {
        for (const id of page) {
          doubles.compare(source, id);
          yield;
        }
      }
    }
    await this.#inTurns(compareAll());
  }

  /** Does many small steps with turns for others in between; stops where this stops. */
  async #inTurns(steps: Iterator<void>): Promise<void> {
    for (let count = 1; !this.#isStopped && !steps.next().done; count++) {
      if (count % stepsPerTurn === 0) {
        await nextTurn();
      }
    }
  }

  /** Rows of a closed ledger that are asked for are fetched, many at a time. */
  #createClosedSource(folder: string, ids: IdSet): CallSource {
    let wanted = new Set<string>();
    const fetched = new Map<string, readonly CallRow[]>();
    const fetchWanted = (from: Ledger) => {
      const now = [...wanted];
      wanted = new Set();
      for (const id of now) {
        fetched.set(id, from.findByIds([id]));
      }
      return now;
    };
    return {
      folder,
      knows: id => ids.has(id),
      findByIds: asked => {
        for (const id of asked.filter(each => ids.has(each) && !fetched.has(each))) {
          wanted.add(id);
        }
        if (wanted.size > 0) {
          this.#fetch(folder, fetchWanted);
        }
        const rows = asked.flatMap(id => fetched.get(id) ?? []);
        return [...new Map(rows.map(row => [row.id, row])).values()];
      },
    };
  }

  /** Asks a closed ledger once for all that is wanted by the time it is open. */
  #fetch(folder: string, fetchWanted: (ledger: Ledger) => readonly string[]): void {
    if (this.#asked.has(folder)) {
      return;
    }
    this.#asked.add(folder);
    const look = (ledger: Ledger) => {
      this.#asked.delete(folder);
      return fetchWanted(ledger);
    };
    const fetch = this.#closedLedgers.read(folder, look).then(async ids => {
      this.#asked.delete(folder);
      await this.#inTurns(this.#doubles.review(ids ?? []));
      this.#fetches.delete(fetch);
      this.#onChange();
    });
    this.#fetches.add(fetch);
  }
}
