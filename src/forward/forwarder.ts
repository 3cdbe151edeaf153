import type { ForwardDestination, PrivacyLevel } from '../contributions.ts';
import type { Destination } from './delivery.ts';
import type { ForwardedLedger } from './ledgerShare.ts';
import { nextDelivery } from './nextDelivery.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { pauseMs } from './retryPause.ts';

/** What people are told of a destination. */
export interface ForwardState {
  readonly name: string;
  readonly type: ForwardDestination['type'];
  readonly privacy: PrivacyLevel;
  /** Calls that wait. */
  readonly waiting: number;
  /** Epoch ms; null before the first time since the engine began. */
  readonly lastSentAt: number | null;
  /** Why the last try failed; null when it did not. */
  readonly lastError: string | null;
}

export interface ForwarderOptions {
  readonly ledger: Omit<ForwardedLedger, 'folder'>;
  readonly config: ForwardDestination;
  /** Shared by all ledgers; connects with its first delivery. */
  readonly destination: Pick<Destination, 'deliver'>;
  readonly pseudonyms: Pseudonyms;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  /** To be told when the state is another one. */
  readonly onChange: () => void;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** So long new calls are gathered before they are sent, ms. */
const gatherMs = 500;

/**
 * Sends one ledger's queue to one destination, in order, as long as there is something to send. What was sent is taken from the queue
 * afterwards, so a kill in between sends it again, never skips it. A destination that is down is tried again after longer and
 * longer pauses, for ever; meanwhile the queue is all that grows.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #failures = 0;
  #lastSentAt: number | null = null;
  #lastError: string | null = null;
  #isStopped = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.wake();
  }

  get state(): ForwardState {
    const { ledger, config } = this.#options;
    const { name, type, privacy } = config;
    return {
      name,
      type,
      privacy,
      waiting: ledger.waiting(name),
      lastSentAt: this.#lastSentAt,
      lastError: this.#lastError,
    };
  }

  /** Something may have to be sent. */
  wake(): void {
    // While a destination is down, its own pause decides.
    if (this.#failures === 0) {
      this.#after(gatherMs);
    }
  }

  /** Tries now, whatever the pause. */
  retry(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    this.#after(0);
  }

  /** Sends nothing more; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer ?? undefined);
    await this.#sending;
  }

  #after(ms: number): void {
    if (this.#timer !== null || this.#sending !== null || this.#isStopped) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sending = this.#send().finally(() => {
        this.#sending = null;
        this.#continue();
      });
    }, ms);
    this.#timer.unref();
  }

  /** Sends until nothing waits or a try fails. */
  async #send(): Promise<void> {
    const { ledger, config, destination, pseudonyms, onChange, now = Date.now } = this.#options;
    try {
      while (!this.#isStopped) {
        const next = await nextDelivery(ledger, config.name, config.privacy, pseudonyms);
        if (next === null) {
          break;
        }
        await destination.deliver(next.delivery);
        await ledger.markForwarded(config.name, next.through);
        this.#succeed(now());
        onChange();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      onChange();
    }
  }

  #continue(): void {
    const { ledger, config, random = Math.random } = this.#options;
    if (this.#failures > 0) {
      this.#after(pauseMs(this.#failures, random));
    } else if (!this.#isStopped && ledger.waiting(config.name) > 0) {
      this.#after(gatherMs);
    }
  }

  #succeed(at: number): void {
    if (this.#lastError !== null) {
      this.#options.log('info', `Forwarding to ${this.#options.config.name} works again.`);
    }
    this.#failures = 0;
    this.#lastError = null;
    this.#lastSentAt = at;
  }

  #fail(message: string): void {
    this.#failures++;
    if (message !== this.#lastError && !this.#isStopped) {
      this.#options.log('warn', `Forwarding to ${this.#options.config.name} failed: ${message} It is tried again.`);
    }
    this.#lastError = message;
  }
}
