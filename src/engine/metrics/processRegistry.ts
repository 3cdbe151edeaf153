import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { sampleEventLoop } from './engineHealth.ts';

/** What the process counts of itself, from its start: such counters begin again with it, as Prometheus expects. */
export interface ProcessRegistry {
  readonly registry: Registry;
  /** A request was answered with a problem. `route` is the pattern of the route, or null for a path nobody knows. */
  onRefused(route: string | null, status: number): void;
  /** Records of a request that was answered were rejected. */
  onRejected(route: string, records: number): void;
  /** Begins to sample the event loop; further calls do nothing. */
  watch(): void;
}

const delayBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createProcessRegistry(version: string): ProcessRegistry {
  const registry = new Registry();
  const registers = [registry];
  const refused = new Counter({
    name: 'spend_lens_rejected_payloads_total',
    help: 'Requests that were refused, by route and status',
    labelNames: ['route', 'status'],
    registers,
  });
  const rejected = new Counter({
    name: 'spend_lens_rejected_records_total',
    help: 'Records that were rejected in requests that were answered',
    labelNames: ['route'],
    registers,
  });
  const delay = new Histogram({
    name: 'spend_lens_event_loop_delay_seconds',
    help: 'How late the event loop was, sampled twice a second since the first scrape',
    buckets: delayBuckets,
    registers,
  });
  new Gauge({ name: 'spend_lens_engine_info', help: 'Version of the engine', labelNames: ['version'], registers }).set(
    { version },
    1,
  );
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since the Unix epoch in seconds',
    registers,
  }).set(performance.timeOrigin / 1000);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  let isWatching = false;
  return {
    registry,
    onRefused: (route, status) => refused.inc({ route: route ?? 'none', status: String(status) }),
    onRejected: (route, records) => {
      if (records > 0) {
        rejected.inc({ route }, records);
      }
    },
    watch: () => {
      if (!isWatching) {
        isWatching = true;
        sampleEventLoop(seconds => delay.observe(seconds));
      }
    },
  };
}
