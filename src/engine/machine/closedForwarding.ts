import type { ForwardDestination } from '../../contributions.ts';
import type { Forwarding } from '../../forward/forwarding.ts';
import type { ForwardingPlace } from '../forwarding/ledgerForwarding.ts';
import type { Log } from '../lifecycle/log.ts';
import type { ClosedLedgers } from './closedLedgers.ts';
import { ClosedLedgerView } from './closedLedgerView.ts';

export interface ClosedForwardingOptions extends ForwardingPlace {
  readonly closedLedgers: ClosedLedgers;
  /** Folders of ledgers that are not open, as of now. */
  readonly closedFolders: () => readonly string[];
  /** Resolves when the ledgers of the windows that came first are open. */
  readonly whenSettled: () => Promise<void>;
  readonly log: Log;
}

interface Sending {
  readonly view: ClosedLedgerView;
  readonly forwarding: Promise<Forwarding>;
}

/**
 * Sends what waits in ledgers of workspaces that no window has open: of those that were closed while a destination was away, and calls
 * that another ledger turned out to hold too.
 */
export class ClosedForwarding {
  readonly #options: ClosedForwardingOptions;
  readonly #sending = new Map<string, Sending>();
  #destinations: readonly ForwardDestination[] = [];
  #isStopped = false;

  constructor(options: ClosedForwardingOptions) {
    this.#options = options;
  }

  /** Takes what the user's settings name. What waits for it in closed ledgers is looked for and sent in the background. */
  use(destinations: readonly ForwardDestination[]): void {
    if (JSON.stringify(destinations) !== JSON.stringify(this.#destinations)) {
      this.#destinations = destinations;
      this.#lookForWaiting().catch((error: Error) => {
        this.#options.log('warn', `Closed workspaces can't be forwarded: ${error.message}`);
      });
    }
  }

  /** Queues calls of a closed ledger again, and sends them in the background. Throws when it can't be looked into now. */
  async requeue(folder: string, ids: readonly string[]): Promise<void> {
    const done = await this.#options.closedLedgers.change(folder, async ledger => {
      await ledger.forwardTo(this.#destinations.map(({ name }) => name));
      await ledger.requeue(ids);
      return true;
    });
    if (done === null) {
      throw new Error(`${folder} can't be looked into.`);
    }
    this.#send(folder);
  }

  /** A window opens the folder: what waits is its own business from now on. Whatever is under way ends by itself. */
  leave(folder: string): void {
    const sending = this.#sending.get(folder);
    this.#sending.delete(folder);
    sending?.view.leave();
    void this.#end(sending);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const all = [...this.#sending.values()];
    this.#sending.clear();
    await Promise.all(all.map(sending => this.#end(sending)));
  }

  async #lookForWaiting(): Promise<void> {
    await this.#options.whenSettled();
    const names = this.#destinations.map(({ name }) => name);
    for (const { forwarding } of this.#sending.values()) {
      await (await forwarding).use(this.#destinations);
    }
    for (const folder of names.length === 0 ? [] : this.#options.closedFolders()) {
      const waits = await this.#options.closedLedgers.read(folder, ledger =>
        names.some(name => ledger.waiting(name) > 0),
      );
      if (waits === true) {
        this.#send(folder);
      }
    }
  }

  #send(folder: string): void {
    const known = this.#sending.get(folder);
    if (known) {
      void known.forwarding.then(forwarding => forwarding.wake()).catch(() => undefined);
    } else if (!this.#isStopped) {
      const view = new ClosedLedgerView(folder, this.#options.closedLedgers, () => this.#endWhenSent(folder));
      const sending = { view, forwarding: this.#open(folder, view) };
      this.#sending.set(folder, sending);
      sending.forwarding.catch((error: Error) => {
        this.#sending.delete(folder);
        this.#options.log('warn', `Forwarding of ${folder} could not begin: ${error.message}`);
      });
    }
  }

  async #open(folder: string, view: ClosedLedgerView): Promise<Forwarding> {
    const { keyFolder, readSecret, elsewhere, log } = this.#options;
    const { Forwarding } = await import('../../forward/forwarding.ts');
    const forwarding = await Forwarding.open({
      ledger: view,
      withheld: elsewhere?.of(folder),
      keyFolder,
      readPassword: readSecret,
      log,
      onChange: () => undefined,
    });
    await forwarding.use(this.#destinations);
    return forwarding;
  }

  /** Called in the middle of sending. */
  #endWhenSent(folder: string): void {
    const sending = this.#sending.get(folder);
    void sending?.forwarding.then(forwarding => {
      const isSent = forwarding.states().every(({ waiting }) => waiting === 0);
      if (isSent && this.#sending.get(folder) === sending) {
        this.#sending.delete(folder);
        void this.#end(sending);
      }
    });
  }

  async #end(sending: Sending | undefined): Promise<void> {
    await sending?.forwarding.then(forwarding => forwarding.stop()).catch(() => undefined);
  }
}
