import type { RecordOutline } from '../api/contract.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import type { Appended } from '../ledger/ledger.ts';
import { toStoredCall } from '../ledger/storedCall.ts';
import { formatOutline } from './figures.ts';

/** The outline of a call that was just stored. */
export function outlineAppended(record: UsageRecord, appended: Appended): RecordOutline {
  const { id, costNanoUsd: nanoUsd, costBasis: basis } = appended;
  return formatOutline(toStoredCall({ id, record, cost: { nanoUsd, basis } }));
}
