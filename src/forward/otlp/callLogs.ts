import { type AnyValue, type LogRecord, SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import type { Resource } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { DisclosedCall, GoneCall } from '../delivery.ts';
import { callAttributes } from './callAttributes.ts';
import { exportAll, type Target, timeoutMillis } from './exportAll.ts';

const eventName = 'gen_ai.client.inference.operation.details';
const goneEventName = 'spend_lens.record.gone';

/** Collects what the logger makes, to be exported when it is asked for: the SDK's own processors tell nobody what was delivered. */
class Collector implements LogRecordProcessor {
  records: ReadableLogRecord[] = [];

  onEmit(record: ReadableLogRecord): void {
    this.records.push(record);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** Sends one log record per call. */
export class CallLogs {
  readonly #collector = new Collector();
  readonly #provider: LoggerProvider;

  constructor(resource: Resource) {
    this.#provider = new LoggerProvider({ resource, processors: [this.#collector] });
  }

  /** Throws when the collector does not take them. */
  async send(target: Target, calls: readonly DisclosedCall[], gone: readonly GoneCall[]): Promise<void> {
    const logger = this.#provider.getLogger('spend-lens');
    for (const call of calls) {
      logger.emit(describe(eventName, call.timestamp, callAttributes(call)));
    }
    for (const { id, revision, timestamp } of gone) {
      const attributes = { 'spend_lens.record.id': id, 'spend_lens.record.revision': revision };
      logger.emit(describe(goneEventName, timestamp, attributes));
    }
    const { records } = this.#collector;
    this.#collector.records = [];
    if (records.length > 0) {
      await exportAll(
        new OTLPLogExporter({ url: `${target.url}/v1/logs`, headers: target.headers, timeoutMillis }),
        records,
      );
    }
  }
}

function describe(name: string, timestamp: number, attributes: Record<string, AnyValue>): LogRecord {
  return { eventName: name, timestamp, severityNumber: SeverityNumber.INFO, severityText: 'INFO', attributes };
}
