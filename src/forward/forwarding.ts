import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForwardDestination } from '../contributions.ts';
import { ignoreMissing, replaceFile } from '../ledger/disk/files.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Destination } from './delivery.ts';
import { Forwarder, type ForwardState } from './forwarder.ts';
import { type ForwardedLedger, shareOf, type Withheld } from './ledgerShare.ts';
import { OtlpDestination } from './otlp/otlpDestination.ts';
import { PostgresDestination } from './postgres/postgresDestination.ts';
import { TeamReader } from './postgres/teamReader.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';

export type { TeamBudget, TeamFilter, TeamSums } from './postgres/teamQueries.ts';
export type { ForwardState, TeamReader };

export interface ForwardingOptions {
  readonly ledger: ForwardedLedger & Pick<Ledger, 'call' | 'doubles'>;
  /** What another ledger of the computer forwards; nothing when left out. */
  readonly withheld?: Withheld | undefined;
  /** Folder of the user's key for pseudonyms. */
  readonly keyFolder: string;
  /** The password of a destination; null leaves it to the destination's own ways. */
  readonly readPassword: (destination: string) => string | null;
  readonly log: (level: 'info' | 'warn', message: string) => void;
  readonly onChange: () => void;
}

interface Running {
  /** As JSON, to tell whether it changed. */
  readonly config: string;
  readonly forwarder: Forwarder;
  readonly destination: Destination;
  team: TeamReader | null;
}

/** Forwards one ledger to the destinations that the settings name. */
export class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #ledger: ForwardedLedger;
  readonly #pseudonyms: Pseudonyms;
  readonly #running = new Map<string, Running>();

  private constructor(options: ForwardingOptions, pseudonyms: Pseudonyms) {
    this.#options = options;
    this.#ledger = options.withheld ? shareOf(options.ledger, options.withheld) : options.ledger;
    this.#pseudonyms = pseudonyms;
  }

  /** Throws the system's error when the key can't be read or made. */
  static async open(options: ForwardingOptions): Promise<Forwarding> {
    return new Forwarding(options, createPseudonyms(await readKey(options.keyFolder)));
  }

  /** Takes these destinations, which the ledger queues for, in place of those before; one that did not change goes on undisturbed. */
  async use(configs: readonly ForwardDestination[]): Promise<void> {
    const wanted = new Map(configs.map(config => [config.name, config]));
    for (const [name, { config }] of this.#running) {
      if (JSON.stringify(wanted.get(name)) !== config) {
        await this.#end(name);
      }
    }
    for (const config of configs) {
      if (!this.#running.has(config.name)) {
        this.#begin(config);
      }
    }
    this.#options.onChange();
  }

  /** Calls were stored or changed. */
  wake(): void {
    for (const { forwarder } of this.#running.values()) {
      forwarder.wake();
    }
  }

  /** Tries all destinations now. */
  retry(): void {
    for (const { forwarder } of this.#running.values()) {
      forwarder.retry();
    }
  }

  states(): ForwardState[] {
    return [...this.#running.values()].map(({ forwarder }) => forwarder.state);
  }

  /** Reads the team's sums from a PostgreSQL destination; null when it is not one of those that run. */
  team(name: string): TeamReader | null {
    const running = this.#running.get(name);
    if (running && running.team === null) {
      running.team = new TeamReader(JSON.parse(running.config), () => this.#options.readPassword(name));
    }
    return running?.team ?? null;
  }

  /** Ends what is under way, or leaves it to itself when that takes long. What was not sent waits in the ledger. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(name => this.#end(name)));
  }

  #begin(config: ForwardDestination): void {
    const { log, onChange, readPassword } = this.#options;
    const ledger = this.#ledger;
    const password = () => readPassword(config.name);
    const destination =
      config.type === 'postgresql'
        ? new PostgresDestination(config, password)
        : new OtlpDestination({ config, readHeaders: password, ledger, pseudonyms: this.#pseudonyms });
    const forwarder = new Forwarder({ ledger, config, destination, pseudonyms: this.#pseudonyms, log, onChange });
    this.#running.set(config.name, { config: JSON.stringify(config), forwarder, destination, team: null });
  }

  async #end(name: string): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    const end = async () => {
      await running?.forwarder.stop();
      await running?.destination.close().catch(() => undefined);
      await running?.team?.close().catch(() => undefined);
    };
    // A destination that does not answer must not hold up an engine that leaves: what was not confirmed is sent again.
    await Promise.race([end(), sleep(patienceMs, undefined, { ref: false })]);
  }
}

/** So long what is under way may take to end, ms. */
const patienceMs = 3_000;

const keyBytes = 32;
/** By folder: two ledgers that begin to forward at once must not make a key each. */
const keys = new Map<string, Promise<Uint8Array>>();

/** The user's key for pseudonyms, in the file `pseudonyms.key` (mode 0600), made when missing. It never leaves the computer. */
function readKey(folder: string): Promise<Uint8Array> {
  const key = keys.get(folder) ?? readOrMakeKey(join(folder, 'pseudonyms.key'));
  keys.set(folder, key);
  // What failed is tried again.
  key.catch(() => keys.delete(folder));
  return key;
}

async function readOrMakeKey(path: string): Promise<Uint8Array> {
  const stored = await readFile(path).catch(ignoreMissing);
  if (stored?.length === keyBytes) {
    return stored;
  }
  const key = randomBytes(keyBytes);
  await replaceFile(path, key);
  return key;
}
