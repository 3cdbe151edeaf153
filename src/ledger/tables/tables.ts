import { Disposal } from '../disposal.ts';
import { DoubleCalls } from '../joining/doubleCalls.ts';
import { type Observation, observe, readObservations, writeObservations } from '../joining/observations.ts';
import { SessionSpans } from '../joining/sessionSpans.ts';
import { Estimates } from '../side/estimates.ts';
import { FailedCalls } from '../side/failedCalls.ts';
import { markNotice } from '../side/notices.ts';
import { Outbox } from '../side/outbox.ts';
import { SumCache } from '../sums/sumCache.ts';
import { Calls } from './calls.ts';
import type { CallRow, Change } from './change.ts';
import type { Database } from './database.ts';
import { Dimensions } from './dimensions.ts';

/** The tables of an open database, and the one way in which a change reaches them: as it happens, and again from the journal. */
export class Tables {
  readonly calls: Calls;
  readonly spans: SessionSpans;
  readonly failed: FailedCalls;
  readonly estimates: Estimates;
  readonly doubles: DoubleCalls;
  readonly disposal: Disposal;
  readonly outbox: Outbox;
  /** Sums that are asked for again and again. */
  readonly sums = new SumCache();
  readonly #dimensions: Dimensions;
  readonly #db: Database;

  constructor(db: Database, ledger: string) {
    this.#db = db;
    this.#dimensions = new Dimensions(db);
    this.calls = new Calls(db, ledger, this.#dimensions, this.sums);
    this.spans = new SessionSpans(db, this.calls);
    this.failed = new FailedCalls(db, this.#dimensions);
    this.estimates = new Estimates(db);
    this.doubles = new DoubleCalls(db);
    this.disposal = new Disposal(db, this.calls);
    this.outbox = new Outbox(db, ledger, this.calls);
  }

  /** Brings the tables to what a change says. Doing so twice changes nothing. */
  apply(change: Change): void {
    switch (change.kind) {
      case 'call':
        this.#applyCall(change);
        break;
      case 'notice':
        markNotice(this.#db, change.key, change.markedAt);
        break;
      case 'prune':
        this.disposal.prune(change.before);
        this.doubles.put(change.doubles ?? []);
        this.sums.forget();
        this.failed.prune(change.before);
        this.outbox.prune(change.before);
        break;
      case 'delete':
        this.disposal.delete(change.selection);
        this.sums.forget();
        this.failed.delete(change.selection);
        this.doubles.delete(change.selection);
        this.estimates.delete(change.selection);
        break;
      case 'failed':
        this.failed.put(change.row);
        break;
      case 'estimate':
        this.estimates.put(change.id, change.estimate);
        break;
      case 'match':
        this.estimates.match(change.id, change.match);
        break;
      case 'forget-estimates':
        this.estimates.delete({ range: change.range });
        break;
      case 'destinations':
      case 'forwarded':
      case 'forwardHistory':
        this.outbox.apply(change);
        break;
    }
  }

  #applyCall({ row, ids, absorbed, observations, sighting }: Extract<Change, { kind: 'call' }>): void {
    for (const id of absorbed) {
      this.calls.absorb(id, row.id);
      writeObservations(this.#db, id, []);
      this.estimates.moveCall(id, row.id);
    }
    this.calls.put(row, ids);
    this.spans.see(row.signals);
    if (observations) {
      writeObservations(this.#db, row.id, observations);
    }
    if (sighting) {
      this.spans.extend(sighting);
    }
    this.outbox.add([row.id, ...absorbed]);
  }

  /** Writes what was gathered: before a transaction ends. */
  write(): void {
    this.calls.writeRollups();
    this.spans.write();
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
    this.#dimensions.forget();
    this.calls.forget();
    this.spans.forget();
    this.outbox.forget();
  }

  /** The reports that made a row; a row of one report tells it itself. */
  observationsOf(row: CallRow): Observation[] {
    const { requestId } = row.record;
    const ids = requestId === null ? [] : [requestId];
    return row.observations > 1 ? readObservations(this.#db, row.id) : [observe({ ...row.record, ids })];
  }
}
