import type { ForwardDestination } from '../../contributions.ts';
import type { Range } from '../../core/sums.ts';
import type { Forwarding, ForwardState, TeamReader } from '../../forward/forwarding.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Log } from '../lifecycle/log.ts';
import type { ForwardedElsewhere } from '../machine/forwardedElsewhere.ts';

/** What forwarding needs of the process it runs in. */
export interface ForwardingPlace {
  /** Folder of the user's key for pseudonyms. */
  readonly keyFolder: string;
  /** The password or headers of a destination by its name; null where none was given. */
  readonly readSecret: (destination: string) => string | null;
  /** Which calls another ledger of the computer forwards, where there are several. */
  readonly elsewhere?: ForwardedElsewhere;
}

interface Options extends ForwardingPlace {
  readonly ledger: Ledger;
  readonly log: Log;
  readonly onChange: () => void;
}

/**
 * A ledger's forwarding. Its code is loaded with the first destination; until then this costs a comparison per change of settings.
 * Nothing of it can fail an append: what goes wrong is logged and shown.
 */
export class LedgerForwarding {
  readonly #options: Options;
  #forwarding: Promise<Forwarding> | null = null;
  #opened: Forwarding | null = null;
  #turn: Promise<void> = Promise.resolve();
  /** Destinations that the disk did not take. */
  #refused: readonly ForwardDestination[] | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Takes these destinations in place of those before. Once it resolves, what is stored is queued for them; the sending begins in the
   * background. A disk that refuses new ones is logged, and asked again when it takes calls again.
   */
  async use(destinations: readonly ForwardDestination[]): Promise<void> {
    try {
      this.#refused = null;
      await this.#options.ledger.forwardTo(destinations.map(({ name }) => name));
    } catch (error) {
      this.#refused = destinations;
      this.#tell(error);
      return;
    }
    this.#turn = this.#turn.then(() => this.#apply(destinations)).catch(error => this.#tell(error));
  }

  /** Calls were stored or changed. */
  wake(): void {
    if (this.#refused !== null) {
      void this.use(this.#refused);
    }
    this.#opened?.wake();
  }

  retry(): void {
    this.#opened?.retry();
  }

  /** Has calls of a range told again that this ledger holds and another one of the computer forwards. Throws when that can't be done now. */
  async requeueElsewhere(range: Range): Promise<void> {
    await this.#options.elsewhere?.requeueInstead(this.#options.ledger.folder, range);
  }

  /** One for each destination; empty while nothing is forwarded. */
  states(): ForwardState[] {
    return this.#opened?.states() ?? [];
  }

  /** Reads the team's sums from a destination of the settings. Throws when forwarding could not begin. */
  async team({ name }: ForwardDestination): Promise<TeamReader> {
    await this.#turn;
    const reader = this.#opened?.team(name);
    if (!reader) {
      throw new Error(`Forwarding to ${name} could not begin: see the log.`);
    }
    return reader;
  }

  async stop(): Promise<void> {
    await this.#turn;
    await this.#opened?.stop();
  }

  async #apply(destinations: readonly ForwardDestination[]): Promise<void> {
    if (destinations.length > 0 || this.#forwarding !== null) {
      this.#forwarding ??= this.#load();
      await (await this.#forwarding).use(destinations);
    }
  }

  async #load(): Promise<Forwarding> {
    const { ledger, keyFolder, readSecret, elsewhere, log, onChange } = this.#options;
    const { Forwarding } = await import('../../forward/forwarding.ts');
    this.#opened = await Forwarding.open({
      ledger,
      withheld: elsewhere?.of(ledger.folder),
      keyFolder,
      readPassword: readSecret,
      log,
      onChange,
    });
    return this.#opened;
  }

  #tell(error: unknown): void {
    // The next settings try again.
    this.#forwarding = this.#opened === null ? null : this.#forwarding;
    this.#options.log('error', `Forwarding: ${error instanceof Error ? error.message : String(error)}`);
  }
}
