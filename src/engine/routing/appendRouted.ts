import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended } from '../../ledger/ledger.ts';
import type { TextHashes } from '../estimates/keptEstimates.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { LedgerRouter, Placed } from './ledgerRouter.ts';

/** Where the records of a post belong, in their order: in `live`, or where the router says. */
export async function placeRecords(
  records: readonly UsageRecord[],
  live: LiveLedger,
  router: LedgerRouter | null,
): Promise<Placed[]> {
  await router?.look(records);
  return records.map(record => router?.place(record) ?? { live, record });
}

/**
 * Stores records where they belong; resolves when all are durable, with the rows in their order. `hashes` are those of the request's text.
 * Throws `StorageError`.
 */
export async function appendPlaced(placed: readonly Placed[], hashes?: TextHashes): Promise<Appended[]> {
  const parts = new Map<LiveLedger, number[]>();
  for (const [index, { live }] of placed.entries()) {
    const indexes = parts.get(live) ?? [];
    parts.set(live, indexes);
    indexes.push(index);
  }
  const all: Appended[] = [];
  for (const [live, indexes] of parts) {
    const records = indexes.flatMap(index => placed[index]?.record ?? []);
    for (const [at, call] of (await live.append(records, hashes)).entries()) {
      all[indexes[at] ?? 0] = call;
    }
  }
  return all;
}

/** The records for each ledger. */
export function groupByLedger(placed: readonly Placed[]): ReadonlyMap<LiveLedger, readonly UsageRecord[]> {
  const groups = new Map<LiveLedger, UsageRecord[]>();
  for (const { live, record } of placed) {
    const group = groups.get(live) ?? [];
    groups.set(live, group);
    group.push(record);
  }
  return groups;
}
