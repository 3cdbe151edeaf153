import { type ExportResult, ExportResultCode } from '@opentelemetry/core';

/** Where a collector listens, and what it wants to see in each request. */
export interface Target {
  /** Base URL without a slash at its end. */
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** How long one request may take with the exporter's own retries, ms. */
export const timeoutMillis = 5_000;

interface Exporter<T> {
  export(items: T, done: (result: ExportResult) => void): void;
  shutdown(): Promise<void>;
}

/** Exports once and lets the exporter go; throws when the receiver did not take it. */
export async function exportAll<T>(exporter: Exporter<T>, items: T): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      exporter.export(items, ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) {
          resolve();
        } else {
          reject(error ?? new Error('The collector did not take it.'));
        }
      });
    });
  } finally {
    await exporter.shutdown();
  }
}
