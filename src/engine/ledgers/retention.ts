import type { Range } from '../../core/sums.ts';
import { addDays, startOfDay } from '../../core/time/calendar.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended, Ledger } from '../../ledger/ledger.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import type { Log } from '../lifecycle/log.ts';

/** Calls taken out at a time, about: requests get their turn in between. */
const callsAtOnce = 10_000;

/** Calls between two instants (epoch ms) that other ledgers hold, too (machine/machineSums.ts, `leaveBehind`). */
type FindDoubles = (fromMs: number, before: number) => Promise<readonly CallRow[]>;
type Prunable = Pick<Ledger, 'detailSince' | 'knows' | 'prune' | 'quarters'>;

/**
 * Drops the calls of a ledger that are older than the user wants to keep one by one, and refuses such calls afterwards: whether their
 * sums hold them already can't be told any more.
 */
export class Retention {
  readonly #ledger: Prunable;
  readonly #log: Log;
  /** Epoch ms; at least the ledger's own, and ahead of it while calls are being dropped. */
  #since: number;
  #dropping: Promise<void> = Promise.resolve();

  readonly #findDoubles: FindDoubles;

  /** `findDoubles` tells what is counted too much afterwards, where there are other ledgers. */
  constructor(ledger: Prunable, log: Log, findDoubles: FindDoubles = async () => []) {
    this.#ledger = ledger;
    this.#log = log;
    this.#findDoubles = findDoubles;
    this.#since = ledger.detailSince;
  }

  /**
   * Keeps the calls of today and of so many calendar days of the zone before it; 0 drops none. Resolves when older ones are dropped;
   * a disk that refuses is logged, and the next day or start tries again.
   */
  keep(days: number, today: string, zone: string): Promise<void> {
    const before = days === 0 ? 0 : startOfDay(addDays(today, -days), zone);
    if (before > this.#since) {
      this.#since = before;
      this.#dropping = this.#dropping.then(() => this.#drop(before)).catch(error => this.#giveUp(error));
    }
    return this.#dropping;
  }

  /** Whether anything is refused at all: nothing is while every call is kept. */
  get refusesAny(): boolean {
    return this.#since > 0;
  }

  /** Why a record is refused, for people; null when it is not. One of a call that is still there only improves its row. */
  refusalOf({ timestamp, ids }: UsageRecord): string | null {
    if (timestamp >= this.#since || ids.some(id => this.#ledger.knows(id))) {
      return null;
    }
    const since = new Date(this.#since).toISOString();
    return `timestamp is before ${since}: older calls are kept as sums only (setting retention.detailDays), and this one may be in them.`;
  }

  async #drop(before: number): Promise<void> {
    let doubles = await this.#findDoubles(this.#ledger.detailSince, before);
    for (const cut of [...findCuts(this.#ledger, { fromMs: this.#ledger.detailSince, toMs: before }), before]) {
      // Another ledger's report of a call may be a little later than the one that is dropped.
      const isOfCut = ({ record: { timestamp } }: CallRow) => timestamp < cut || cut === before;
      await this.#ledger.prune(cut, doubles.filter(isOfCut));
      doubles = doubles.filter(row => !isOfCut(row));
    }
    if (this.#since === before) {
      this.#since = this.#ledger.detailSince;
    }
    this.#log('info', `Retention: calls before ${new Date(before).toISOString()} are kept as sums only.`);
  }

  #giveUp(error: Error): void {
    this.#since = this.#ledger.detailSince;
    this.#log('error', `Old calls could not be dropped: ${error.message}`);
  }
}

/** Instants inside a range, each the end of a quarter of an hour, between which there are no more calls than go at a time. */
export function findCuts(ledger: Pick<Ledger, 'quarters'>, range: Range): number[] {
  const cuts: number[] = [];
  let calls = 0;
  for (const { fromMs, sums } of ledger.quarters(range)) {
    if (calls > 0 && calls + sums.requests > callsAtOnce) {
      cuts.push(fromMs);
      calls = 0;
    }
    calls += sums.requests;
  }
  return cuts;
}

/** Stores the records that are not refused; null for each that is. Throws what storing throws. */
export async function appendAdmitted(
  records: readonly UsageRecord[],
  retention: Pick<Retention, 'refusalOf'>,
  store: (admitted: readonly UsageRecord[]) => Promise<readonly Appended[]>,
): Promise<(Appended | null)[]> {
  const isAdmitted = records.map(record => retention.refusalOf(record) === null);
  const appended = await store(records.filter((_, index) => isAdmitted[index]));
  let next = 0;
  return isAdmitted.map(admitted => (admitted ? (appended[next++] ?? null) : null));
}
