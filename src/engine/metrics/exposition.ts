import { Counter, Gauge, type Metric, Registry } from 'prom-client';
import { nanoToUsd } from '../../core/money.ts';
import { latencyBoundsMs } from '../../ledger/sums/latencyBounds.ts';
import { type MeasureName, measureNames, metricLabels, type Reading, type Series } from './reading.ts';

/** All that one scrape tells of calls and budgets. */
export interface Scrape {
  readonly calls: Reading;
  readonly budgets: readonly BudgetReading[];
  readonly storage: readonly StorageReading[];
}

/** A budget of a ledger, or with an empty `ledger` of the whole computer. USD. */
export interface BudgetReading {
  readonly ledger: string;
  readonly budget: string;
  readonly period: string;
  readonly limitUsd: number;
  readonly spentUsd: number;
}

/** The files of a ledger. Bytes, epoch ms, ms; null what has not been yet. */
export interface StorageReading {
  readonly ledger: string;
  readonly records: number;
  readonly journalBytes: number;
  readonly databaseBytes: number;
  readonly snapshotAt: number | null;
  readonly snapshotMs: number | null;
}

/** Labels of the latency histogram: those of `ToldCounters`. */
const latencyLabels = metricLabels.slice(0, 3);
const tokenTypes = ['input', 'cache_read', 'cache_write', 'output'] as const;

/**
 * The metrics of calls, budgets and storage in a registry of their own. Each is collected from `current()`, which must not change
 * while the registry is asked for its text.
 */
export function createLedgerRegistry(current: () => Scrape): Registry {
  const registry = new Registry();
  const registers = [registry];
  const measure = (numbers: readonly number[], name: MeasureName) => numbers[measureNames.indexOf(name)] ?? 0;

  const sums = (name: string, help: string, own: readonly string[], read: (add: AddSum, numbers: Numbers) => void) => {
    new Counter({
      name,
      help,
      labelNames: [...own, ...metricLabels],
      registers,
      collect() {
        this.reset();
        for (const [key, numbers] of current().calls.sums) {
          const labels = labelsOf(metricLabels, key);
          read((value, more = {}) => this.inc({ ...more, ...labels }, value), numbers);
        }
      },
    });
  };
  sums(
    'spend_lens_tokens_total',
    'Tokens by type; the types are disjoint, output includes reasoning',
    ['token_type'],
    (add, numbers) => {
      for (const token_type of tokenTypes) {
        add(measure(numbers, token_type), { token_type });
      }
    },
  );
  sums('spend_lens_reasoning_tokens_total', 'The part of the output tokens spent on reasoning', [], (add, numbers) =>
    add(measure(numbers, 'reasoning')),
  );
  sums('spend_lens_cost_usd_total', 'Cost in USD of the calls that have one', [], (add, numbers) =>
    add(nanoToUsd(measure(numbers, 'cost_nano_usd'))),
  );
  new Counter({
    name: 'spend_lens_requests_total',
    help: 'Model calls by outcome: ok, or why they failed',
    labelNames: ['outcome', ...metricLabels],
    registers,
    collect() {
      this.reset();
      const { sums: answered, failed } = current().calls;
      for (const [key, numbers] of answered) {
        this.inc({ ...labelsOf(metricLabels, key), outcome: 'ok' }, measure(numbers, 'requests'));
      }
      for (const [key, [requests = 0]] of failed) {
        this.inc(labelsOf([...metricLabels, 'outcome'], key), requests);
      }
    },
  });
  sums('spend_lens_unpriced_requests_total', 'Model calls without a known price', [], (add, numbers) =>
    add(measure(numbers, 'unpriced')),
  );
  registry.registerMetric(createLatencyHistogram(() => current().calls.latencies));

  const gauge = <Row extends { readonly ledger: string }>(
    name: string,
    help: string,
    rows: () => readonly Row[],
    read: (row: Row) => number | null,
    own: readonly (keyof Row & string)[] = [],
  ) => {
    const labelNames = ['ledger', ...own];
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const row of rows()) {
          const value = read(row);
          if (value !== null) {
            this.set(Object.fromEntries(labelNames.map(label => [label, String(row[label as keyof Row])])), value);
          }
        }
      },
    });
  };
  const budgets = () => current().budgets;
  gauge('spend_lens_budget_limit_usd', 'Limit of a budget in USD', budgets, row => row.limitUsd, ['budget', 'period']);
  gauge('spend_lens_budget_spent_usd', 'Spent of a budget in its period, USD', budgets, row => row.spentUsd, [
    'budget',
    'period',
  ]);
  const storage = () => current().storage;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  gauge('spend_lens_ledger_records', 'Calls in the ledger', storage, row => row.records);
  gauge('spend_lens_journal_bytes', 'Size of the journal', storage, row => row.journalBytes);
  gauge('spend_lens_database_bytes', 'Size of the database', storage, row => row.databaseBytes);
  gauge('spend_lens_snapshot_timestamp_seconds', 'When the database was last written', storage, row =>
    seconds(row.snapshotAt),
  );
  gauge('spend_lens_snapshot_duration_seconds', 'How long writing the database took last', storage, row =>
    seconds(row.snapshotMs),
  );
  return registry;
}

type Numbers = readonly number[];
type AddSum = (value: number, more?: Readonly<Record<string, string>>) => void;

/** A null value of a dimension is an empty label, which to Prometheus is none. */
function labelsOf(names: readonly string[], key: string): Record<string, string> {
  const values = JSON.parse(key) as string[];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}

/**
 * A histogram whose counts are kept elsewhere: prom-client's own can only be told of one call after the other, so this gives a
 * registry what its histogram would.
 */
function createLatencyHistogram(read: () => Series): Metric {
  const name = 'spend_lens_request_duration_seconds';
  const histogram = {
    name,
    get: async () => ({
      name,
      help: 'How long model calls took, of those that tell',
      type: 'histogram',
      aggregator: 'sum',
      values: [...read()].flatMap(([key, numbers]) => {
        const labels = labelsOf(latencyLabels, key);
        let below = 0;
        const buckets = latencyBoundsMs.map((bound, index) => {
          below += numbers[index] ?? 0;
          const le = index === latencyBoundsMs.length - 1 ? '+Inf' : bound / 1000;
          return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
        });
        const latencyMs = numbers[latencyBoundsMs.length] ?? 0;
        return [
          ...buckets,
          { metricName: `${name}_sum`, labels, value: latencyMs / 1000 },
          { metricName: `${name}_count`, labels, value: below },
        ];
      }),
    }),
  };
  return histogram as unknown as Metric;
}
