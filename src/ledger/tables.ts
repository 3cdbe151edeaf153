import { Calls } from './calls.ts';
import type { CallRow, Change } from './change.ts';
import type { Database } from './database.ts';
import { Disposal } from './disposal.ts';
import { markNotice } from './notices.ts';
import { type Observation, observe, readObservations, writeObservations } from './observations.ts';
import { Outbox } from './outbox.ts';
import { SessionSpans } from './sessionSpans.ts';

/** The tables of an open database, and the one way in which a change reaches them: as it happens, and again from the journal. */
export class Tables {
  readonly calls: Calls;
  readonly spans: SessionSpans;
  readonly disposal: Disposal;
  readonly outbox: Outbox;
  readonly #db: Database;

  constructor(db: Database, ledger: string) {
    this.#db = db;
    this.calls = new Calls(db, ledger);
    this.spans = new SessionSpans(db, this.calls);
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
        break;
      case 'delete':
        this.disposal.delete(change.selection);
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
    }
    this.calls.put(row, ids);
    if (observations) {
      writeObservations(this.#db, row.id, observations);
    }
    if (sighting) {
      this.spans.extend(sighting);
    }
    this.outbox.add([row.id, ...absorbed]);
  }

  /** Forgets what is remembered: to be called when a transaction was rolled back. */
  forget(): void {
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
