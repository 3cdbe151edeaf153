import type { PrivacyLevel } from '../contributions.ts';
import { parseCallId } from '../ledger/joining/callId.ts';
import { bucketMs } from '../ledger/tables/schema.ts';
import type { Delivery, DisclosedBucket } from './delivery.ts';
import { discloseCall, discloseSums, sumKeys } from './disclosure.ts';
import type { ForwardedLedger } from './ledgerShare.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Calls sent at once: few enough for one statement, many enough that weeks are sent in minutes. */
export const batchSize = 500;

export interface NextDelivery {
  readonly delivery: Delivery;
  /** The queue's number up to which it holds everything. */
  readonly through: number;
  /** Calls in it. */
  readonly size: number;
}

type Source = Pick<ForwardedLedger, 'settled' | 'outgoing' | 'group'>;

/**
 * What a destination is to be sent next, or null when it has everything. Calls and sums are read in one moment in which the ledger
 * shows nothing that is not durable. The sums are those of whole quarters as they are now, so that sending them twice, or
 * after a correction, makes nothing wrong.
 */
export function nextDelivery(
  ledger: Source,
  destination: string,
  level: PrivacyLevel,
  pseudonyms: Pseudonyms,
): Promise<NextDelivery | null> {
  return ledger.settled(() => {
    const outgoing = ledger.outgoing(destination, batchSize);
    const last = outgoing.at(-1);
    if (last === undefined) {
      return null;
    }
    const quarters = new Set(outgoing.map(({ timestamp }) => Math.floor(timestamp / bucketMs) * bucketMs));
    const source = pseudonyms('ledger', parseCallId(last.id)?.ledger ?? '');
    const buckets = [...quarters].map((fromMs): DisclosedBucket => {
      const groups = ledger.group({ fromMs, toMs: fromMs + bucketMs }, sumKeys(level), 'UTC');
      return { source, fromMs, revision: last.number, sums: discloseSums(groups, level, pseudonyms) };
    });
    const calls = outgoing.flatMap(({ row, number }) => (row && discloseCall(row, number, level, pseudonyms)) ?? []);
    const gone = outgoing.flatMap(({ row, id, timestamp, number }) =>
      row === null && level !== 'totals' ? { id, timestamp, revision: number } : [],
    );
    return { delivery: { calls, gone, buckets }, through: last.number, size: outgoing.length };
  });
}
