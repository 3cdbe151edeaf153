import type { RecordOutline } from '../../api/contract.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { Appended } from '../../ledger/ledger.ts';
import { toStoredCall } from '../../ledger/storedCall.ts';
import { formatOutline } from './figures.ts';

/** The outline of a call that was just stored. */
export function outlineAppended(record: UsageRecord, appended: Appended): RecordOutline {
  const { id, costNanoUsd: nanoUsd, costBasis: basis } = appended;
  return formatOutline(toStoredCall({ id, record, cost: { nanoUsd, basis } }));
}

/** Of many calls stored at once, so many are told one by one. */
const maxOutlines = 20;

/** The outlines of the last of what was new among records that were stored. */
export function outlineNew(records: readonly UsageRecord[], appended: readonly Appended[]): RecordOutline[] {
  const from = Math.max(0, records.length - maxOutlines);
  return records.slice(from).flatMap((record, index) => {
    const call = appended[from + index];
    return call?.duplicate === false ? outlineAppended(record, call) : [];
  });
}
