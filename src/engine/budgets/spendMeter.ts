import { quarterMs } from '../../core/budget/period.ts';
import type { QuarterSpend } from '../../core/budget/usualDay.ts';
import type { Range } from '../../core/sums.ts';
import type { FacetSpend, SpendFacet } from '../../ledger/sums/spend.ts';

/** Where a meter finds what was spent before it. */
export interface MeterSource {
  /** The spend of quarters of an hour from an instant on, epoch ms. */
  quarters(sinceMs: number): readonly FacetSpend[];
  session(name: string): readonly FacetSpend[];
}

/** Further back than any month that today is in, and than the four weeks that make a usual day. ms. */
const reachMs = 40 * 86_400_000;
/** Ranges whose sums are kept; a budget asks for one or two. */
const maxRanges = 16;
const maxSessions = 1_000;

/**
 * The spend of the calls that a budget counts, by quarters of an hour: read once, then followed call by call. Sums are nano-USD, whole
 * numbers. Ranges begin and end with a quarter of an hour.
 */
export class SpendMeter {
  readonly #accepts: (facet: SpendFacet) => boolean;
  readonly #source: MeterSource;
  readonly #now: () => number;
  /** By start, epoch ms; null until asked for. */
  #quarters: Map<number, number> | null = null;
  #sums: { readonly fromMs: number; readonly toMs: number; nanoUsd: number }[] = [];
  readonly #sessions = new Map<string, number>();

  constructor(accepts: (facet: SpendFacet) => boolean, source: MeterSource, now: () => number) {
    this.#accepts = accepts;
    this.#source = source;
    this.#now = now;
  }

  /** A call of that time and cost counts from now on, or with a negative cost no longer. */
  count(facet: SpendFacet, sessionId: string | null, timestamp: number, nanoUsd: number): void {
    if (!this.#accepts(facet)) {
      return;
    }
    const session = sessionId === null ? undefined : this.#sessions.get(sessionId);
    if (session !== undefined && sessionId !== null) {
      this.#sessions.set(sessionId, session + nanoUsd);
    }
    if (this.#quarters) {
      const start = Math.floor(timestamp / quarterMs) * quarterMs;
      this.#quarters.set(start, (this.#quarters.get(start) ?? 0) + nanoUsd);
      for (const sum of this.#sums) {
        if (start >= sum.fromMs && start < sum.toMs) {
          sum.nanoUsd += nanoUsd;
        }
      }
    }
  }

  /** What was counted does not hold any more. */
  reset(): void {
    this.#quarters = null;
    this.#sums = [];
    this.#sessions.clear();
  }

  sum({ fromMs, toMs }: Range): number {
    const known = this.#sums.find(sum => sum.fromMs === fromMs && sum.toMs === toMs);
    if (known) {
      return known.nanoUsd;
    }
    const quarters = this.#read();
    let nanoUsd = 0;
    for (const [start, spent] of quarters) {
      nanoUsd += start >= fromMs && start < toMs ? spent : 0;
    }
    this.#sums = [...this.#sums, { fromMs, toMs, nanoUsd }].slice(-maxRanges);
    return nanoUsd;
  }

  /** A session from its first call on. */
  sessionSum(name: string): number {
    const known = this.#sessions.get(name);
    if (known !== undefined) {
      return known;
    }
    const nanoUsd = this.#source
      .session(name)
      .reduce((sum, spend) => sum + (this.#accepts(spend.facet) ? spend.nanoUsd : 0), 0);
    if (this.#sessions.size >= maxSessions) {
      this.#sessions.clear();
    }
    this.#sessions.set(name, nanoUsd);
    return nanoUsd;
  }

  /** The quarters of an hour with spend of the last weeks, in no particular order. */
  *quarters(): Generator<QuarterSpend> {
    for (const [fromMs, nanoUsd] of this.#read()) {
      yield { fromMs, nanoUsd };
    }
  }

  #read(): Map<number, number> {
    if (this.#quarters === null) {
      this.#quarters = new Map();
      for (const { fromMs, facet, nanoUsd } of this.#source.quarters(this.#now() - reachMs)) {
        if (this.#accepts(facet)) {
          this.#quarters.set(fromMs, (this.#quarters.get(fromMs) ?? 0) + nanoUsd);
        }
      }
    }
    return this.#quarters;
  }
}
