import { type BudgetFilter, createFilter, filterKey } from '../../core/budget/match.ts';
import { quarterMs } from '../../core/budget/period.ts';
import { computeUsualDay, type QuarterSpend, type UsualDay } from '../../core/budget/usualDay.ts';
import type { Range } from '../../core/sums.ts';
import { dayOf } from '../../core/time/calendar.ts';
import type { FacetSpend } from '../../ledger/sums/spend.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import type { MachineSums } from '../machine/machineSums.ts';
import type { LedgerSpend } from './ledgerSpend.ts';

/** What the closed ledgers add to a sum, less what is counted twice; valid for the lists it was made from. */
interface Rest {
  readonly closed: readonly FacetSpend[];
  readonly extra: readonly CallRow[];
  readonly nanoUsd: number;
}

const maxRests = 64;

/**
 * What all ledgers of the user spend, also those that are closed, each call once: sums of those that are open, which follow every call,
 * and of the others, which stay as they are. Nano-USD.
 */
export class MachineSpend {
  readonly #sums: Pick<MachineSums, 'isComplete' | 'recent'>;
  readonly #open = new Set<LedgerSpend>();
  readonly #rests = new Map<string, Rest>();
  readonly #usual = new Map<string, { readonly key: string; readonly usual: UsualDay }>();

  constructor(sums: Pick<MachineSums, 'isComplete' | 'recent'>) {
    this.#sums = sums;
  }

  /** A ledger is open from now on. */
  addOpen(spend: LedgerSpend): void {
    this.#open.add(spend);
  }

  /** False until all ledgers were looked into; the sums are lower bounds until then. */
  get isComplete(): boolean {
    return this.#sums.isComplete;
  }

  sum(filter: BudgetFilter, range: Range): number {
    let sum = this.#rest(filter, range);
    for (const spend of this.#open) {
      sum += spend.meter(filter).sum(range);
    }
    return sum;
  }

  /** A session, in whatever ledgers its calls are. Those of a session that goes on are open. */
  sessionSum(filter: BudgetFilter, name: string): number {
    let sum = 0;
    for (const spend of this.#open) {
      sum += spend.meter(filter).sessionSum(name);
    }
    const accepts = createFilter(filter);
    for (const { record, cost } of this.#sums.recent.allExtra) {
      sum -= record.sessionId === name && accepts(record) ? (cost.nanoUsd ?? 0) : 0;
    }
    return sum;
  }

  /** What days before today usually cost; made once a day. */
  usualDay(filter: BudgetFilter, nowMs: number, zone: string): UsualDay {
    const name = filterKey(filter);
    const key = `${zone} ${dayOf(nowMs, zone)} ${this.#open.size}`;
    const known = this.#usual.get(name);
    if (known?.key === key) {
      return known.usual;
    }
    const usual = computeUsualDay(this.#quarters(filter), nowMs, zone);
    this.#usual.set(name, { key, usual });
    return usual;
  }

  #rest(filter: BudgetFilter, { fromMs, toMs }: Range): number {
    const { closedSpend: closed, allExtra: extra } = this.#sums.recent;
    const key = `${fromMs} ${toMs} ${filterKey(filter)}`;
    const known = this.#rests.get(key);
    if (known?.closed === closed && known.extra === extra) {
      return known.nanoUsd;
    }
    let nanoUsd = 0;
    for (const quarter of this.#restQuarters(filter)) {
      nanoUsd += quarter.fromMs >= fromMs && quarter.fromMs < toMs ? quarter.nanoUsd : 0;
    }
    if (this.#rests.size >= maxRests) {
      this.#rests.clear();
    }
    this.#rests.set(key, { closed, extra, nanoUsd });
    return nanoUsd;
  }

  *#quarters(filter: BudgetFilter): Generator<QuarterSpend> {
    yield* this.#restQuarters(filter);
    for (const spend of this.#open) {
      yield* spend.meter(filter).quarters();
    }
  }

  *#restQuarters(filter: BudgetFilter): Generator<QuarterSpend> {
    const accepts = createFilter(filter);
    for (const { facet, fromMs, nanoUsd } of this.#sums.recent.closedSpend) {
      if (accepts(facet)) {
        yield { fromMs, nanoUsd };
      }
    }
    for (const { record, cost } of this.#sums.recent.allExtra) {
      if (accepts(record)) {
        const fromMs = Math.floor(record.timestamp / quarterMs) * quarterMs;
        yield { fromMs, nanoUsd: -(cost.nanoUsd ?? 0) };
      }
    }
  }
}
