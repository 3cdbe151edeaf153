import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from 'vscode';
import { type Client, createClient } from '../../api/client.ts';
import type { AgentsAnswer } from '../../api/connectContract.ts';
import type {
  EngineState,
  Notice,
  NoticeAction,
  Summary,
  Totals,
  WindowAnswer,
  WindowRegistration,
} from '../../api/contract.ts';
import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import { busyTime } from '../busyTime.ts';
import { Emitter } from '../emitter.ts';
import { formatError, type Log } from '../log.ts';
import { plainText, type Translate } from '../text/translate.ts';
import { backoffMs, maxAttempts } from './backoff.ts';
import type { EngineFile } from './engineFile.ts';

/** All that a view knows about the engine. The figures are those of this window's ledger. */
export type ConnectionState =
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'running';
      readonly engine: EngineState;
      readonly totals: Totals;
      readonly window: WindowAnswer;
    }
  | { readonly kind: 'stopped'; readonly reason: string };

export interface ConnectionOptions {
  readonly process: {
    findOrStart(signal: AbortSignal): Promise<EngineFile>;
    stop(signal: AbortSignal): Promise<void>;
  };
  /** Fresh for each activation. */
  readonly windowId: string;
  /** The registration as of now. */
  readonly registration: () => WindowRegistration;
  readonly log: Log;
  /** English when left out. */
  readonly t?: Translate;
  /** Pause before a try, ms; tests shorten it. */
  readonly pauseMs?: (attempt: number) => number;
}

/** A stream that lasted this long was no failed start: tries are counted anew. */
const steadyMs = 60_000;

/**
 * This window's line to the engine: finds or starts it, registers the window, follows its events, and begins anew when the
 * line breaks. The one source of what the views show.
 */
export class EngineConnection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #changed = new Emitter<ConnectionState>();
  readonly #noticed = new Emitter<Notice>();
  readonly #crossed = new Emitter<ThresholdEvent>();
  #state: ConnectionState = { kind: 'starting' };
  #admin: Client | null = null;
  #adminAccess: { readonly url: string; readonly token: string } | null = null;
  #restart = new AbortController();
  #registering: Promise<void> = Promise.resolve();
  #restarting = false;

  readonly onDidChange: Event<ConnectionState> = this.#changed.event;
  /** The engine asks this window to show a budget notification. */
  readonly onDidReceiveNotice: Event<Notice> = this.#noticed.event;
  /** A threshold of a budget was crossed. */
  readonly onDidCrossThreshold: Event<ThresholdEvent> = this.#crossed.event;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get #t(): Translate {
    return this.#options.t ?? plainText;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Reads this window's ledger; null while the engine is away. */
  get ledger(): Client | null {
    return this.#state.kind === 'running' ? createClient(this.#state.window) : null;
  }

  /** When each agent was last heard of, in any ledger that is open; nothing while the engine is away. */
  async readAgents(): Promise<AgentsAnswer['agents']> {
    return (await this.#admin?.agents(this.#closing.signal))?.agents ?? [];
  }

  /** Sums over all ledgers of this computer, in this window's days, by the summary's own parameters. Null while the engine is away. */
  sumMachine(query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Summary> | null {
    const all = { ...query, scope: 'machine', window: this.#options.windowId };
    return this.#admin?.askSummary(all, signal) ?? null;
  }

  /** Reads all ledgers of the user, with the days of this window's; null while the engine is away. */
  get machine(): Client | null {
    const { windowId: window } = this.#options;
    return this.#state.kind === 'running' && this.#adminAccess
      ? createClient({ ...this.#adminAccess, reads: { scope: 'machine', window } })
      : null;
  }

  /** Begins to connect and returns at once; what happens is told by `onDidChange`. */
  open(): void {
    void this.#run().catch(error => {
      if (!this.#closing.signal.aborted) {
        this.#set({ kind: 'stopped', reason: formatError(error) });
      }
    });
  }

  /** Tells the engine the registration as it is now, after settings or folders changed. */
  refresh(): void {
    const admin = this.#admin;
    if (admin) {
      // One after the other, so that the last one sent is the last one told.
      this.#registering = this.#registering
        .then(() => this.#register(admin))
        .then(window => {
          if (this.#state.kind === 'running' && this.#admin === admin) {
            this.#set({ ...this.#state, window });
          }
        })
        .catch(error => this.#options.log.warn(`The engine did not take the settings: ${formatError(error)}`));
    }
  }

  async answerNotice(id: string, action: NoticeAction): Promise<void> {
    await this.#admin?.answerNotice(id, action, this.#closing.signal);
  }

  /** Lets an enforcing budget of this window be overdrawn for so many minutes; 0 ends that. Throws while the engine is away. */
  async allowBudget(name: string, minutes: number): Promise<void> {
    if (!this.#admin) {
      const t = this.#t;
      throw new Error(t('The engine is not running.'));
    }
    await this.#admin.allowBudget(name, minutes, this.#options.windowId, this.#closing.signal);
  }

  /**
   * Replaces every token of the engine. Its streams end with that, and all windows come back with the new tokens by themselves.
   * Throws `ApiError` when it could not, and an Error while the engine is away.
   */
  async rotateTokens(): Promise<void> {
    if (!this.#admin) {
      const t = this.#t;
      throw new Error(t('The engine is not running.'));
    }
    await this.#admin.rotateTokens(this.#closing.signal);
  }

  /** Ends the engine for all windows and starts a new one; also the way on after giving up. */
  async restart(): Promise<void> {
    if (this.#restarting) {
      return;
    }
    this.#restarting = true;
    try {
      this.#set({ kind: 'starting' });
      await this.#options.process.stop(this.#closing.signal);
    } finally {
      this.#restarting = false;
      this.#restart.abort();
    }
  }

  /** Closes the stream and takes the window off the engine's list, as far as that works within a second. */
  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = null;
    this.#closing.abort(new Error('The window is closing.'));
    this.#changed.dispose();
    this.#noticed.dispose();
    this.#crossed.dispose();
    await admin?.forgetWindow(this.#options.windowId, AbortSignal.timeout(1000)).catch(() => {});
  }

  async #run(): Promise<void> {
    const { log, pauseMs = backoffMs } = this.#options;
    let attempt = 0;
    while (!this.#closing.signal.aborted) {
      const since = Date.now();
      const reason = await this.#follow();
      this.#closing.signal.throwIfAborted();
      this.#admin = null;
      attempt = this.#restart.signal.aborted ? 0 : Date.now() - since < steadyMs ? attempt + 1 : 1;
      if (attempt > maxAttempts) {
        log.error(`Gave up on the engine after ${maxAttempts} tries: ${reason}`);
        this.#set({ kind: 'stopped', reason });
      } else if (attempt > 0) {
        log.warn(`${reason} Trying again in ${pauseMs(attempt)} ms (${attempt} of ${maxAttempts}).`);
        this.#set({ kind: 'starting' });
      }
      await this.#pause(attempt > maxAttempts ? null : attempt === 0 ? 0 : pauseMs(attempt));
      if (this.#restart.signal.aborted) {
        this.#restart = new AbortController();
        attempt = 0;
        this.#set({ kind: 'starting' });
      }
    }
  }

  /** Waits for so many ms, or for a restart (`null`: only for that). */
  async #pause(ms: number | null): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#restart.signal]);
    await sleep(ms ?? 2 ** 31 - 1, undefined, { signal, ref: false }).catch(() => {});
  }

  /** One connection from finding the engine to the end of its stream. Gives the reason it ended. */
  async #follow(): Promise<string> {
    const { process, windowId } = this.#options;
    const t = this.#t;
    const signal = AbortSignal.any([this.#closing.signal, this.#restart.signal]);
    try {
      const access = await process.findOrStart(signal);
      const admin = createClient(access);
      this.#adminAccess = { url: access.url, token: access.token };
      this.#admin = admin;
      let engine: EngineState | null = null;
      let window = await this.#register(admin);
      for await (const event of admin.events(windowId, signal)) {
        switch (event.name) {
          case 'engine':
            engine = event.data;
            if (this.#state.kind === 'running') {
              this.#set({ ...this.#state, engine });
            }
            break;
          case 'totals':
            if (engine) {
              window = this.#state.kind === 'running' ? this.#state.window : window;
              this.#set({ kind: 'running', engine, totals: event.data, window });
            }
            break;
          case 'notice':
            this.#noticed.fire(event.data);
            break;
          case 'threshold':
            this.#crossed.fire(event.data);
            break;
          case 'record':
            break;
        }
      }
      return t('The engine ended.');
    } catch (error) {
      return this.#restart.signal.aborted ? 'The engine restarts.' : formatError(error);
    }
  }

  #register(admin: Client): Promise<WindowAnswer> {
    return busyTime.measure('connect', () =>
      admin.registerWindow(this.#options.windowId, this.#options.registration(), this.#closing.signal),
    );
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    busyTime.measure('show', () => this.#changed.fire(state));
  }
}
