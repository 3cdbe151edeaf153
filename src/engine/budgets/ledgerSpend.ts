import { type BudgetFilter, createFilter, filterKey } from '../../core/budget/match.ts';
import { computeUsualDay, type UsualDay } from '../../core/budget/usualDay.ts';
import { dayOf } from '../../core/time/calendar.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { FacetSpend, SpendWatcher } from '../../ledger/sums/spend.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import { OutputMedians } from '../guard/outputMedians.ts';
import { SpendMeter } from './spendMeter.ts';

/** Calls looked at for the medians of outputs at the beginning. */
const maxOutputs = 2_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** How far other clocks may be ahead; what is later would only fill the minutes, as nothing asks for them. */
const aheadMs = dayMs;

/** All calls that are paid per token. */
export const paidCalls: BudgetFilter = { match: {}, includeSubscriptions: false };

/**
 * What a ledger spends, for its budgets: a meter for each filter that was asked for, the minutes of the last hour, and the session that is
 * running. Each call costs a few additions; the database is asked once, and again after a call was undone or deleted.
 */
export class LedgerSpend implements SpendWatcher {
  readonly #ledger: Pick<Ledger, 'spend' | 'recent'>;
  readonly #now: () => number;
  readonly #meters = new Map<string, SpendMeter>();
  readonly #usual = new Map<string, { readonly key: string; readonly usual: UsualDay }>();
  readonly #isPaid = createFilter(paidCalls);
  /** By the number of the minute; null until asked for. */
  #minutes: Map<number, number> | null = null;
  /** Null until asked for. */
  #outputs: OutputMedians | null = null;
  /** Undefined until asked for. */
  #session: { readonly name: string | null; readonly timestamp: number } | undefined;

  /** Follows a ledger from now on. `now` is epoch ms. */
  constructor(ledger: Pick<Ledger, 'spend' | 'recent'>, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
    ledger.spend.watch(this);
  }

  count({ record, cost }: CallRow, sign: 1 | -1): void {
    if (this.#session && sign === 1 && record.timestamp >= this.#session.timestamp) {
      this.#session = { name: record.sessionId, timestamp: record.timestamp };
    }
    if (sign === 1) {
      this.#outputs?.add(record.model, record.tokens.output);
    }
    const nanoUsd = sign * (cost.nanoUsd ?? 0);
    if (nanoUsd === 0) {
      return;
    }
    for (const meter of this.#meters.values()) {
      meter.count(record, record.sessionId, record.timestamp, nanoUsd);
    }
    if (record.timestamp < this.#now() - dayMs) {
      // History came in: what is usual is known better now.
      this.#usual.clear();
    }
    if (this.#minutes && this.#isPaid(record) && this.#isRecent(record.timestamp)) {
      const minute = Math.floor(record.timestamp / minuteMs);
      this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + nanoUsd);
    }
  }

  reset(): void {
    this.#minutes = null;
    this.#usual.clear();
    for (const meter of this.#meters.values()) {
      meter.reset();
    }
  }

  /** The meter of the calls that a filter lets through. */
  meter(filter: BudgetFilter): SpendMeter {
    const key = filterKey(filter);
    let meter = this.#meters.get(key);
    if (!meter) {
      const { spend } = this.#ledger;
      const source = {
        quarters: (fromMs: number): readonly FacetSpend[] => spend.quarters({ fromMs, toMs: Number.MAX_SAFE_INTEGER }),
        session: (name: string) => spend.session(name),
      };
      meter = new SpendMeter(createFilter(filter), source, this.#now);
      this.#meters.set(key, meter);
    }
    return meter;
  }

  /** Keeps the meters of these filters only. */
  keep(filters: readonly BudgetFilter[]): void {
    const keys = new Set(filters.map(filterKey));
    for (const key of this.#meters.keys()) {
      if (!keys.has(key)) {
        this.#meters.delete(key);
      }
    }
  }

  /** What days before today usually cost; made once a day. */
  usualDay(filter: BudgetFilter, zone: string): UsualDay {
    const name = filterKey(filter);
    const key = `${zone} ${dayOf(this.#now(), zone)}`;
    const known = this.#usual.get(name);
    if (known?.key === key) {
      return known.usual;
    }
    const usual = computeUsualDay(this.meter(filter).quarters(), this.#now(), zone);
    this.#usual.set(name, { key, usual });
    return usual;
  }

  /** What the last so many ms cost, an hour at most, to the minute; paid per token. Nano-USD. */
  recent(ms: number): number {
    const now = this.#now();
    if (this.#minutes === null) {
      this.#minutes = new Map();
      const since = Math.floor((now - 2 * hourMs) / minuteMs) * minuteMs;
      for (const { fromMs, facet, nanoUsd } of this.#ledger.spend.minutes({ fromMs: since, toMs: now + aheadMs })) {
        if (this.#isPaid(facet)) {
          const minute = fromMs / minuteMs;
          this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + nanoUsd);
        }
      }
    }
    let sum = 0;
    for (const [minute, nanoUsd] of this.#minutes) {
      const age = now - minute * minuteMs;
      if (age > 2 * hourMs) {
        this.#minutes.delete(minute);
      } else if (age < ms && age > -minuteMs) {
        sum += nanoUsd;
      }
    }
    return sum;
  }

  /** The session whose call came last; null when there is none. */
  get session(): string | null {
    this.#session ??= this.#newestSession();
    return this.#session.name;
  }

  /** The median output of a model's latest calls, tokens; null without any. */
  medianOutput(model: string): number | null {
    if (this.#outputs === null) {
      this.#outputs = new OutputMedians();
      for (const { model: name, completionTokens } of this.#ledger.recent(maxOutputs).toReversed()) {
        this.#outputs.add(name, completionTokens);
      }
    }
    return this.#outputs.of(model);
  }

  #isRecent(timestamp: number): boolean {
    const age = this.#now() - timestamp;
    return age <= 2 * hourMs && age > -aheadMs;
  }

  #newestSession() {
    const [call] = this.#ledger.recent(1);
    return { name: call?.sessionId ?? null, timestamp: call?.timestamp ?? 0 };
  }
}
