import type { Random } from './random.ts';

/** One model call as a client knows it. */
export interface Call {
  /** Null for a call without any id, which can't be sent again. */
  readonly id: string | null;
  /** How the id travels. */
  readonly via: 'request_id' | 'response' | 'idempotency-key';
  readonly session: string;
  readonly timestamp: string;
  readonly input: number;
  /** Output tokens of the reports so far; a growing partial has several, and the largest counts. */
  output: number;
  /** Whether the report with this output was acknowledged. */
  isAcknowledged: boolean;
  /** Whether any report was acknowledged. */
  wasAcknowledged: boolean;
  /** Id of the row, once acknowledged. */
  row: string | null;
}

const kinds = ['request_id', 'request_id', 'response', 'idempotency-key', 'none', 'none'] as const;

/** The calls of all clients, and what may become of them. */
export class Calls {
  readonly all: Call[] = [];
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** New calls of one round and client, to be sent together. */
  create(round: number, client: number): Call[] {
    const random = this.#random;
    const kind = random.pick(kinds);
    // One key names one request, and a response is a body of its own.
    const length = kind === 'request_id' || kind === 'none' ? random.pick([1, 1, 2, random.integer(3, 25)]) : 1;
    const calls = Array.from({ length }, (): Call => {
      const n = ++this.#count;
      return {
        id: kind === 'none' ? null : `id-${n}`,
        via: kind === 'none' ? 'request_id' : kind,
        // Calls without an id are told apart by their session.
        session: kind === 'none' ? `anonymous-${n}` : `round-${round}-${client}`,
        timestamp: new Date().toISOString(),
        input: random.integer(1, 5000),
        output: random.integer(1, 500),
        isAcknowledged: false,
        wasAcknowledged: false,
        row: null,
      };
    });
    this.all.push(...calls);
    return calls;
  }

  /** An acknowledged call with an id, to be sent again as it was. */
  pickKnown(): Call | null {
    const recent = this.all.slice(-200).filter(call => call.id !== null && call.isAcknowledged);
    return recent.length === 0 ? null : this.#random.pick(recent);
  }

  /** What clients must send again: everything with an id whose newest report nobody acknowledged. */
  unsettled(): Call[] {
    return this.all.filter(call => call.id !== null && !call.isAcknowledged);
  }

  /** Calls without an id that were sent and never answered: they may be stored or not. */
  inDoubt(): Call[] {
    return this.all.filter(call => call.id === null && !call.isAcknowledged);
  }

  /** Takes a call out of the account: it did not land. */
  drop(call: Call): void {
    this.all.splice(this.all.indexOf(call), 1);
  }
}
