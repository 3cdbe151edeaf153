import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../ledger/disk/files.ts';
import type { Log } from '../lifecycle/log.ts';
import { boundSeries, everyLabel } from './boundSeries.ts';
import { formatReading, noReading, parseReading, type Reading, type Series } from './reading.ts';

const fileName = 'metrics.json';

/** Latencies are told by provider, model and agent only: each of their series has a dozen numbers. */
const latencyLabels = [0, 1, 2];
/** Failed calls are told by all labels and what became of them. */
const failedLabels = [...everyLabel, everyLabel.length];

/**
 * What scrapers were told, kept in a folder over restarts. A counter never falls, since a fall means to Prometheus that everything was
 * spent anew: where a sum of the ledger falls (a proven join, a better report), the counter stands still until the ledger has caught up.
 */
export class ToldCounters {
  readonly #file: string;
  readonly #log: Log;
  #told: Promise<Reading> | null = null;
  #saved = '';

  constructor(folder: string, log: Log) {
    this.#file = join(folder, fileName);
    this.#log = log;
  }

  /** The reading as it is told: within bounds, and nothing below what was told before. */
  async advance(reading: Reading): Promise<Reading> {
    this.#told ??= load(this.#file);
    const told = await this.#told;
    const next: Reading = {
      sums: rise(told.sums, boundSeries(reading.sums, told.sums.keys(), everyLabel)),
      latencies: rise(told.latencies, boundSeries(reading.latencies, told.latencies.keys(), latencyLabels)),
      failed: rise(told.failed, boundSeries(reading.failed, told.failed.keys(), failedLabels)),
    };
    this.#told = Promise.resolve(next);
    await this.#save(next);
    return next;
  }

  async #save(reading: Reading): Promise<void> {
    const text = formatReading(reading);
    if (text !== this.#saved) {
      this.#saved = text;
      await replaceFile(this.#file, Buffer.from(text)).catch((error: Error) => {
        this.#log('warn', `What /metrics told could not be stored: ${error.message}`);
      });
    }
  }
}

/** The higher of each number; what was told stays. */
function rise(told: Series, series: Series): Series {
  const risen = new Map(told);
  for (const [key, numbers] of series) {
    const known = told.get(key) ?? [];
    risen.set(
      key,
      numbers.map((number, index) => Math.max(number, known[index] ?? 0)),
    );
  }
  return risen;
}

/** A file that can't be read is as good as none: counters may fall once. */
async function load(file: string): Promise<Reading> {
  try {
    return parseReading(await readFile(file, 'utf8'));
  } catch {
    return noReading;
  }
}
