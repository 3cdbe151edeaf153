import type { UsageRecord } from '../../core/usageRecord.ts';
import type { LearnedFactor } from '../../estimator/familyFactors.ts';
import type { Appended, Ledger } from '../../ledger/ledger.ts';
import type { Estimate, StoredEstimate } from '../../ledger/side/estimates.ts';
import { learnFactors } from './accuracy.ts';
import { isSameModel } from './callHistory.ts';

/** Hashes of what a request sent: of all its texts together, and of each alone. */
export interface TextHashes {
  readonly whole: string | null;
  readonly each: readonly string[];
}

/** So long a text may wait to be sent as it was estimated. ms. */
const hashWaitMs = 7 * 86_400_000;
/** Without a hash, only a call so soon after is taken for the estimated one. ms. */
const timeWaitMs = 10 * 60_000;
/** Calls reported later than this after they were made belong to no estimate of now. ms. */
const mostLateMs = 60_000;

/** The estimates of a ledger that wait for the request they were made for. Each is matched once, and each call to one estimate. */
export class KeptEstimates {
  readonly #ledger: Ledger;
  readonly #now: () => number;
  /** Oldest first; read when first needed. */
  #open: StoredEstimate[] | null = null;
  #learned: readonly LearnedFactor[] | null = null;

  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
  }

  /** Stores an estimate; resolves when it is durable. Throws `StorageError`. */
  async keep(estimate: Estimate): Promise<void> {
    const waiting = this.#waiting();
    const id = await this.#ledger.estimates.append(estimate);
    waiting.push({ ...estimate, id, match: null });
  }

  /** What matched estimates taught about models without a public tokenizer. */
  get learned(): readonly LearnedFactor[] {
    this.#learned ??= learnFactors(this.#ledger.estimates.list({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }));
    return this.#learned;
  }

  /** Whether any text is waited for, so that hashing requests is worth it. */
  get awaitsText(): boolean {
    return this.#waiting().some(({ textHash }) => textHash !== null);
  }

  /** Matches calls that were just stored to the estimates that fit. What fails is no reason to fail the calls. */
  async match(
    records: readonly UsageRecord[],
    appended: readonly (Appended | null)[],
    hashes?: TextHashes,
  ): Promise<void> {
    if (this.#waiting().length === 0) {
      return;
    }
    for (const [index, record] of records.entries()) {
      const call = appended[index];
      // A metric is the sum of several calls.
      const isCall = call && !call.duplicate && record.signal !== 'otlp_metric';
      const found = isCall ? this.#find(record, hashes) : null;
      if (call && found) {
        this.#open = this.#waiting().filter(({ id }) => id !== found.estimate.id);
        this.#learned = null;
        await this.#ledger.estimates.match(found.estimate.id, call.id, found.isWhole).catch(() => undefined);
      }
    }
  }

  /** Forgets all estimates, matched or not. Throws `StorageError`. */
  async forget(): Promise<void> {
    await this.#ledger.estimates.clear({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    this.#open = [];
    this.#learned = null;
  }

  #find(record: UsageRecord, hashes: TextHashes | undefined): { estimate: StoredEstimate; isWhole: boolean } | null {
    const { model, sessionId, timestamp } = record;
    const ofModel = this.#waiting().filter(estimate => model !== null && isSameModel(estimate.model, model));
    if (hashes) {
      // The text was seen: another text is another prompt, whatever the model.
      const fits = (test: (hash: string) => boolean) =>
        ofModel.findLast(({ textHash }) => textHash !== null && test(textHash)) ?? null;
      const whole = fits(hash => hash === hashes.whole);
      const part = whole ?? fits(hash => hashes.each.includes(hash));
      return part && { estimate: part, isWhole: whole !== null };
    }
    const now = this.#now();
    const estimate = ofModel.findLast(
      ({ timestamp: askedAt, sessionId: session }) =>
        timestamp >= askedAt &&
        timestamp - askedAt <= timeWaitMs &&
        now - timestamp <= mostLateMs &&
        (session === null || session === sessionId),
    );
    return estimate ? { estimate, isWhole: false } : null;
  }

  #waiting(): StoredEstimate[] {
    const since = this.#now() - hashWaitMs;
    this.#open ??= this.#ledger.estimates
      .list({ fromMs: since, toMs: Number.MAX_SAFE_INTEGER })
      .filter(({ match }) => match === null);
    if ((this.#open[0]?.timestamp ?? since) < since) {
      this.#open = this.#open.filter(({ timestamp }) => timestamp >= since);
    }
    return this.#open;
  }
}
