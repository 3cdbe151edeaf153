import type { Ledger } from '../../ledger/ledger.ts';
import type { Selection } from '../../ledger/tables/change.ts';
import { keepDeleted } from '../metrics/deletedSums.ts';
import { addReadings, readLedger, risesOf } from '../metrics/reading.ts';
import { findCuts } from './retention.ts';

/**
 * Deletes calls of a folder's ledger and their sums for good, in parts, so that requests get their turn. Where a scraper was told of them,
 * metrics keep what went. Throws `StorageError`; then a part may be gone.
 */
export async function deleteCalls(ledger: Ledger, folder: string, selection: Selection): Promise<void> {
  const before = readLedger(ledger);
  try {
    for (const part of divide(ledger, selection)) {
      await ledger.delete(part);
    }
  } finally {
    const gone = risesOf(addReadings(before, readLedger(ledger), -1));
    // What can't be kept makes counters stand still for a while, which is no reason to fail.
    await keepDeleted(folder, gone).catch(() => undefined);
  }
}

/** A long range in parts, so that requests get their turn in between. */
function divide(ledger: Ledger, selection: Selection): Selection[] {
  if (!('range' in selection)) {
    return [selection];
  }
  const { fromMs, toMs } = selection.range;
  const ends = [...findCuts(ledger, selection.range), toMs];
  return ends.map((end, index) => ({ range: { fromMs: ends[index - 1] ?? fromMs, toMs: end } }));
}
