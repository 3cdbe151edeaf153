import { join } from 'node:path';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ForwardDestination } from '../../contributions.ts';
import { bucketMs } from '../../ledger/tables/schema.ts';
import type { Delivery, Destination } from '../delivery.ts';
import { discloseSums, sumKeys } from '../disclosure.ts';
import type { ForwardedLedger } from '../ledgerShare.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { CallLogs } from './callLogs.ts';
import { CounterState } from './counterState.ts';
import type { Target } from './exportAll.ts';
import { SumMetrics } from './sumMetrics.ts';

interface OtlpDestinationOptions {
  readonly config: ForwardDestination;
  /** `name=value` pairs with commas between them, as in `OTEL_EXPORTER_OTLP_HEADERS`; null for none. */
  readonly readHeaders: () => string | null;
  readonly ledger: Pick<ForwardedLedger, 'folder' | 'settled' | 'group'>;
  readonly pseudonyms: Pseudonyms;
  readonly now?: () => number;
}

/** Counters are sent at most so often, ms. */
const metricsMs = 10_000;

/** Sends deliveries to an OTLP/HTTP receiver: a log record per call, and counters of the ledger's sums. */
export class OtlpDestination implements Destination {
  readonly #options: OtlpDestinationOptions;
  readonly #logs: CallLogs;
  #counters: { readonly state: CounterState; readonly metrics: SumMetrics } | null = null;
  #metricsAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: OtlpDestinationOptions) {
    this.#options = options;
    this.#logs = new CallLogs(this.#resource());
  }

  async deliver({ calls, gone }: Delivery): Promise<void> {
    await this.#logs.send(this.#target(), calls, gone);
    const wait = this.#metricsAt + metricsMs - performance.now();
    if (wait <= 0) {
      await this.#sendMetrics();
    } else if (this.#timer === null) {
      // The last sums of a run come too; what fails here comes with the next call.
      this.#timer = setTimeout(() => void this.#sendMetrics().catch(() => undefined), wait);
      this.#timer.unref();
    }
  }

  async close(): Promise<void> {
    if (this.#timer !== null) {
      await this.#sendMetrics().catch(() => undefined);
    }
    await this.#counters?.metrics.close();
  }

  async #sendMetrics(): Promise<void> {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const { ledger, config, pseudonyms } = this.#options;
    const { state, metrics } = await this.#openCounters();
    const fromMs = Math.floor(state.startedAt / bucketMs) * bucketMs;
    const range = { fromMs, toMs: Number.MAX_SAFE_INTEGER };
    const groups = await ledger.settled(() => ledger.group(range, sumKeys(config.privacy), 'UTC'));
    const sums = state.raise(discloseSums(groups, config.privacy, pseudonyms));
    // First what was counted, then telling it: a restart in between must not fall back.
    await state.save();
    await metrics.send(this.#target(), sums);
    this.#metricsAt = performance.now();
  }

  async #openCounters() {
    const { config, ledger, now = Date.now } = this.#options;
    if (this.#counters === null) {
      const state = await CounterState.open(join(ledger.folder, `forward-${config.name}.json`), now());
      this.#counters = { state, metrics: new SumMetrics(this.#resource(), state.startedAt) };
    }
    return this.#counters;
  }

  #resource() {
    const instance = this.#options.pseudonyms('ledger', this.#options.ledger.folder);
    return resourceFromAttributes({ 'service.name': 'spend-lens', 'service.instance.id': instance });
  }

  #target(): Target {
    const pairs = (this.#options.readHeaders() ?? '').split(',').filter(pair => pair.includes('='));
    const headers = pairs.map(pair => [
      pair.slice(0, pair.indexOf('=')).trim(),
      pair.slice(pair.indexOf('=') + 1).trim(),
    ]);
    return { url: this.#options.config.url.replace(/\/+$/, ''), headers: Object.fromEntries(headers) };
  }
}
