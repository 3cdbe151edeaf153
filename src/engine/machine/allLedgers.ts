import { setImmediate as nextTurn } from 'node:timers/promises';
import { addSums, noSums, type Range, type Sums } from '../../core/sums.ts';
import type { CallRow } from '../../ledger/change.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type Quarter, sumsOf } from '../../ledger/lookUps.ts';
import type { ClosedLedgers } from './closedLedgers.ts';
import { type CallSource, Doubles } from './doubles.ts';
import { IdSet } from './idSet.ts';

interface ClosedLedger {
  readonly source: CallSource;
  readonly quarters: readonly Quarter[];
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
  readonly #open = new Map<string, { readonly ledger: Ledger; readonly source: CallSource }>();
  readonly #closed = new Map<string, ClosedLedger>();
  readonly #doubles = new Doubles(() => [...this.#open.values(), ...this.#closed.values()].map(({ source }) => source));
  readonly #fetches = new Set<Promise<void>>();

  /** `onChange` is called when something was found out in the background. */
  constructor(sinceMs: number, closedLedgers: ClosedLedgers, onChange: () => void = () => {}) {
    this.sinceMs = sinceMs;
    this.#closedLedgers = closedLedgers;
    this.#onChange = onChange;
  }

  get openFolders(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** A ledger is open from now on. Resolves when its calls were compared with those of all others. */
  async addOpen(folder: string, ledger: Ledger): Promise<void> {
    const wasKnown = this.#closed.delete(folder);
    const source: CallSource = { knows: id => ledger.knows(id), findByIds: ids => ledger.findByIds(ids) };
    this.#open.set(folder, { ledger, source });
    this.review();
    if (!wasKnown) {
      await this.#compare(source, ledger);
    }
  }

  /** Looks into a ledger that is closed, when anything was written to it since then. */
  async addClosed(folder: string): Promise<void> {
    const lastWrite = await this.#closedLedgers.lastWrite(folder);
    if (lastWrite === null || lastWrite < this.sinceMs || this.#open.has(folder)) {
      return;
    }
    await this.#closedLedgers.read(folder, async ledger => {
      const ids = await IdSet.from(ledger.ids(this.sinceMs));
      const closed = {
        source: this.#createClosedSource(folder, ledger, ids),
        quarters: ledger.quarters({ fromMs: this.sinceMs, toMs: Number.MAX_SAFE_INTEGER }),
      };
      this.#closed.set(folder, closed);
      await this.#compare(closed.source, ledger);
      closed.source.forgetLedger();
    });
  }

  /** A record with these ids was stored in an open ledger, in the row with that id. */
  look(folder: string, ids: readonly string[], row: string): void {
    const open = this.#open.get(folder);
    if (open && ids.length > 0) {
      this.#doubles.look(open.source, ids, row);
    }
  }

  /** Rows changed in another way. */
  review(): void {
    this.#doubles.review();
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

  /** The rows of a range that are counted too much when all ledgers are added up. */
  extra({ fromMs, toMs }: Range): CallRow[] {
    return this.#doubles.extra.filter(({ record: { timestamp } }) => timestamp >= fromMs && timestamp < toMs);
  }

  /** Resolves when nothing is being found out. */
  async settle(): Promise<void> {
    while (this.#fetches.size > 0) {
      await Promise.all(this.#fetches);
    }
  }

  async #compare(source: CallSource, ledger: Ledger): Promise<void> {
    for (const page of ledger.ids(this.sinceMs)) {
      for (const id of page) {
        this.#doubles.look(source, [id]);
      }
      await nextTurn();
    }
  }

  /** While the ledger is there its calls come from it; afterwards those that are asked for are fetched. */
  #createClosedSource(folder: string, ledger: Ledger, ids: IdSet): CallSource & { forgetLedger(): void } {
    let present: Ledger | null = ledger;
    const fetched = new Map<string, readonly CallRow[]>();
    const keep = (from: Ledger, id: string) => fetched.set(id, from.findByIds([id]));
    return {
      forgetLedger: () => {
        present = null;
      },
      knows: id => ids.has(id),
      findByIds: wanted => {
        const missing = wanted.filter(id => ids.has(id) && !fetched.has(id));
        if (present) {
          for (const id of missing) {
            keep(present, id);
          }
        } else if (missing.length > 0) {
          for (const id of missing) {
            // Asked for once, however often others look meanwhile.
            fetched.set(id, []);
          }
          this.#fetch(folder, from => {
            for (const id of missing) {
              keep(from, id);
            }
          });
        }
        const rows = wanted.flatMap(id => fetched.get(id) ?? []);
        return [...new Map(rows.map(row => [row.id, row])).values()];
      },
    };
  }

  #fetch(folder: string, look: (ledger: Ledger) => void): void {
    const fetch = this.#closedLedgers.read(folder, look).then(() => {
      this.#fetches.delete(fetch);
      this.review();
      this.#onChange();
    });
    this.#fetches.add(fetch);
  }
}
