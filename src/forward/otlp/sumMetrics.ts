import type { Attributes } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import { AggregationTemporality, MeterProvider, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { nanoToUsd } from '../../core/money.ts';
import type { Sums } from '../../core/sums.ts';
import type { DisclosedSums } from '../delivery.ts';
import { exportAll, type Target, timeoutMillis } from './exportAll.ts';

/**
 * The counters by name: those of the GenAI conventions ("inference token metrics", unit `{token}`; input counts everything that was
 * sent, cache included), and cost and calls, for which they have no names.
 */
const counters = {
  'gen_ai.client.inference.usage.input_tokens': ['{token}', (sums: Sums) => sums.promptTokens],
  'gen_ai.client.inference.usage.output_tokens': ['{token}', (sums: Sums) => sums.completionTokens],
  'gen_ai.client.inference.usage.cache_read.input_tokens': ['{token}', (sums: Sums) => sums.cacheReadTokens],
  'gen_ai.client.inference.usage.cache_write.input_tokens': ['{token}', (sums: Sums) => sums.cacheWriteTokens],
  'gen_ai.client.inference.usage.reasoning.output_tokens': ['{token}', (sums: Sums) => sums.reasoningTokens],
  'spend_lens.cost': ['{USD}', (sums: Sums) => nanoToUsd(sums.costNanoUsd)],
  'spend_lens.subscription_cost': ['{USD}', (sums: Sums) => nanoToUsd(sums.subscriptionNanoUsd)],
  'spend_lens.calls': ['{call}', (sums: Sums) => sums.requests],
} as const;

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}

  protected async onShutdown(): Promise<void> {}
}

/**
 * Sends what was used since `startedAt` (epoch ms) as cumulative counters, so that one that comes twice or is lost makes nothing
 * wrong. They are read from the ledger's sums each time.
 */
export class SumMetrics {
  readonly #reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  readonly #provider: MeterProvider;
  readonly #startedAt: number;
  #sums: readonly DisclosedSums[] = [];

  constructor(resource: Resource, startedAt: number) {
    this.#startedAt = startedAt;
    this.#provider = new MeterProvider({ resource, readers: [this.#reader] });
    const meter = this.#provider.getMeter('spend-lens');
    for (const [name, [unit, read]] of Object.entries(counters)) {
      meter.createObservableCounter(name, { unit }).addCallback(result => {
        for (const group of this.#sums) {
          result.observe(read(group.sums), attributesOf(group));
        }
      });
    }
  }

  /** Throws when the collector does not take them. */
  async send(target: Target, sums: readonly DisclosedSums[]): Promise<void> {
    this.#sums = sums;
    const { resourceMetrics } = await this.#reader.collect();
    const exporter = new OTLPMetricExporter({
      url: `${target.url}/v1/metrics`,
      headers: target.headers,
      timeoutMillis,
    });
    await exportAll(exporter, since(resourceMetrics, this.#startedAt));
  }

  async close(): Promise<void> {
    await this.#provider.shutdown();
  }
}

function attributesOf({ model, team, project, userId }: DisclosedSums): Attributes {
  return {
    ...(model === null ? {} : { 'gen_ai.request.model': model }),
    ...(team === null ? {} : { 'spend_lens.team': team }),
    ...(project === null ? {} : { 'spend_lens.project': project }),
    ...(userId === null ? {} : { 'user.id': userId }),
  };
}

/** The SDK says that a counter began when the process did; ours began earlier, and a receiver would take that for a reset. */
function since(metrics: ResourceMetrics, startedAt: number): ResourceMetrics {
  const startTime: [number, number] = [Math.floor(startedAt / 1000), (startedAt % 1000) * 1_000_000];
  const scopeMetrics = metrics.scopeMetrics.map(scope => ({
    ...scope,
    metrics: scope.metrics.map(metric => ({
      ...metric,
      dataPoints: metric.dataPoints.map(point => ({ ...point, startTime })),
    })),
  }));
  return { ...metrics, scopeMetrics: scopeMetrics as ResourceMetrics['scopeMetrics'] };
}
