import type { Registry } from 'prom-client';
import type { Access } from '../engine.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { followDeletions } from './deletedSums.ts';
import { readStorageHealth } from './engineHealth.ts';
import { type BudgetReading, createLedgerRegistry, type Scrape, type StorageReading } from './exposition.ts';
import { createProcessRegistry, type ProcessRegistry } from './processRegistry.ts';
import { addReadings, noReading, type Reading, readLedger } from './reading.ts';
import { ToldCounters } from './toldCounters.ts';

/** What `GET /metrics` tells, and what is counted for it. */
export interface Metrics extends Pick<ProcessRegistry, 'onRefused' | 'onRejected'> {
  /** The exposition, of all ledgers or of one, in Prometheus' text format; throws what reading throws. */
  expose(access: Access): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly version: string;
  /** Every open ledger. */
  readonly ledgers: () => readonly LiveLedger[];
  /** The sums of all ledgers of the user, where there may be several, and the folder that keeps what was told of them. */
  readonly machine: { readonly folder: string; read(): Promise<Reading> } | null;
  readonly log: Log;
}

const nothing: Scrape = { calls: noReading, budgets: [], storage: [] };

export function createMetrics({ version, ledgers, machine, log }: MetricsOptions): Metrics {
  const own = createProcessRegistry(version);
  /** By folder: what scrapers were told of all ledgers, or of the one in it. */
  const views = new Map<string, View>();

  /** Which ledgers a token may see, and how their calls are read. */
  function scopeOf({ isAdmin, isScraper, ledger }: Access) {
    return machine && (isAdmin || isScraper)
      ? { folder: machine.folder, shown: ledgers(), read: machine.read }
      : { folder: ledger.folder, shown: [ledger], read: () => readOne(ledger) };
  }

  return {
    onRefused: own.onRefused,
    onRejected: own.onRejected,
    contentType: own.registry.contentType,
    expose: async access => {
      own.watch();
      const { folder, shown, read } = scopeOf(access);
      const view = views.get(folder) ?? new View(new ToldCounters(folder, log));
      views.set(folder, view);
      const calls = await view.render(async told => ({
        calls: await told.advance(await read()),
        budgets: readBudgets(shown),
        storage: await Promise.all(shown.map(readStorage)),
      }));
      return `${calls}\n${await own.registry.metrics()}`;
    },
  };
}

/** The registry of one scope. Scrapes come one after the other: each metric is collected from the same one. */
class View {
  readonly #told: ToldCounters;
  readonly #registry: Registry;
  #scrape: Scrape = nothing;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(told: ToldCounters) {
    this.#told = told;
    this.#registry = createLedgerRegistry(() => this.#scrape);
  }

  render(read: (told: ToldCounters) => Promise<Scrape>): Promise<string> {
    const text = this.#turn.then(async () => {
      this.#scrape = await read(this.#told);
      return this.#registry.metrics();
    });
    this.#turn = text.catch(() => undefined);
    return text;
  }
}

async function readOne({ ledger, folder }: LiveLedger): Promise<Reading> {
  return addReadings(readLedger(ledger), await followDeletions(folder));
}

/** Every budget; those of the whole computer, which several ledgers may have, once each. */
function readBudgets(ledgers: readonly LiveLedger[]): BudgetReading[] {
  const readings = ledgers.flatMap(({ id, budgets }) =>
    budgets.statuses().map(({ name, period, scope, limit_usd: limitUsd, spent_usd: spentUsd }) => {
      const ledger = scope === 'machine' ? '' : id;
      return { ledger, budget: name, period, limitUsd, spentUsd };
    }),
  );
  const keyOf = ({ ledger, budget, period }: BudgetReading) => JSON.stringify([ledger, budget, period]);
  return [...new Map(readings.toReversed().map(reading => [keyOf(reading), reading])).values()].toReversed();
}

async function readStorage({ id, folder, ledger }: LiveLedger): Promise<StorageReading> {
  const { journalBytes, snapshotAt } = await readStorageHealth(folder);
  return {
    ledger: id,
    records: ledger.count(),
    journalBytes,
    databaseBytes: ledger.size(),
    snapshotAt,
    snapshotMs: ledger.snapshotMs,
  };
}
