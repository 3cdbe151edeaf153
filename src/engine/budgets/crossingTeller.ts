import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import { Crossings } from './crossings.ts';
import type { AssessedBudget, LedgerBudgets, MachineRoom } from './ledgerBudgets.ts';

export interface CrossingTellerOptions {
  readonly budgets: LedgerBudgets;
  /** Null when there is one ledger only; asked anew each time. */
  readonly room: () => MachineRoom | null;
  /** Tells those who read this ledger's events. */
  readonly tell: (event: ThresholdEvent) => void;
  /** Epoch ms. */
  readonly now: () => number;
  /** IANA zone of the ledger's days. */
  readonly zone: () => string;
}

/** Tells programs of thresholds that a ledger's calls crossed, each once: of its own budgets, and of those of the whole computer. */
export class CrossingTeller {
  readonly #options: CrossingTellerOptions;
  readonly #own = new Crossings();

  constructor(options: CrossingTellerOptions) {
    this.#options = options;
  }

  /** To be called when something was spent. */
  assess(): void {
    const { own, machine } = this.#advance();
    for (const event of own) {
      this.#options.tell(event);
    }
    for (const event of machine) {
      this.#options.room()?.tell(event);
    }
  }

  /** Takes what is crossed now as told: it is history, or was crossed before anybody could listen. */
  pass(): void {
    this.#advance();
  }

  #advance() {
    const { budgets, room, now, zone } = this.#options;
    const machine = room();
    const assessed = budgets.assess();
    const isMachineWide = ({ budget }: AssessedBudget) => machine !== null && budget.scope === 'machine';
    const own = assessed.filter(each => !isMachineWide(each));
    return {
      own: this.#own.advance(own, now(), zone()),
      machine: machine?.crossings.advance(assessed.filter(isMachineWide), now(), zone()) ?? [],
    };
  }
}
