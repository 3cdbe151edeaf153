import { type CaptureItem, parseUsageItems, type UsageContext } from '../../../src/capture/usageBody.ts';

/** All items of a body at once. */
export function parseUsageBody(text: string, context: UsageContext, receivedAt: number): CaptureItem[] {
  return [...parseUsageItems(text, context, receivedAt)].flat();
}
