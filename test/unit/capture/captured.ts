import type { CaptureItem, UsageContext } from '../../../src/capture/usageBody.ts';
import type { UsageRecord } from '../../../src/core/usageRecord.ts';
import { parseUsageBody } from './parseUsageBody.ts';

export const arrival = Date.UTC(2026, 10, 22, 12);

/** The items of a body: text, or a value that is sent as JSON. */
export function itemsOf(body: unknown, context: UsageContext = {}): CaptureItem[] {
  return parseUsageBody(typeof body === 'string' ? body : JSON.stringify(body), context, arrival);
}

export function recordsOf(body: unknown, context: UsageContext = {}): UsageRecord[] {
  return itemsOf(body, context).map(item => {
    if (item.kind === 'rejected') {
      throw new Error(`rejected ${item.field}: ${item.error}`);
    }
    return item.record;
  });
}

/** The one record of a body. */
export function recordOf(body: unknown, context: UsageContext = {}): UsageRecord {
  const [record, ...others] = recordsOf(body, context);
  if (!record || others.length > 0) {
    throw new Error(`expected one record, got ${others.length + (record ? 1 : 0)}`);
  }
  return record;
}

/** Field and error of the one input of a body, which must be rejected. */
export function rejectionOf(body: unknown, context: UsageContext = {}): { field: string | null; error: string } {
  const items = itemsOf(body, context);
  const [item] = items;
  if (items.length !== 1 || item?.kind !== 'rejected') {
    throw new Error(`expected one rejected input, got ${JSON.stringify(items)}`);
  }
  return { field: item.field, error: item.error };
}

export function sse(events: readonly unknown[]): string {
  return events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('');
}

export const noTokens = {
  input: null,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheWrite: 0,
  output: null,
  reasoning: null,
};
