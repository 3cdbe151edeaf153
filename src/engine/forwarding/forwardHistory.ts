import { setTimeout as sleep } from 'node:timers/promises';
import type { Range } from '../../core/sums.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { findCuts } from '../ledgers/retention.ts';

export interface HistoryProgress {
  /** Calls that the destination has. */
  readonly sent: number;
  /** Calls of the range. */
  readonly total: number;
}

/** How often progress is looked at, ms. */
const lookMs = 200;

/**
 * Sends the calls of a range to a destination, also those that another ledger forwards, some thousand at a time: what is queued but not sent yet is small, so that a cancel
 * soon takes effect, and new calls don't wait behind years. Throws the signal's reason, and `StorageError`; a destination that is
 * down only takes longer.
 */
export async function* forwardHistory(
  { ledger, forwarding }: Pick<LiveLedger, 'ledger' | 'forwarding'>,
  destination: string,
  range: Range,
  signal: AbortSignal,
): AsyncGenerator<HistoryProgress, void, undefined> {
  const whole = { fromMs: Math.max(range.fromMs, ledger.detailSince), toMs: range.toMs };
  const total = ledger.sum(whole).requests;
  let sent = 0;
  let from = whole.fromMs;
  for (const to of [...findCuts(ledger, whole), whole.toMs]) {
    const part = { fromMs: from, toMs: to };
    const calls = ledger.sum(part).requests;
    await ledger.forwardHistory(destination, part);
    await forwarding.requeueElsewhere(part);
    forwarding.wake();
    for (let waiting = ledger.waiting(destination); waiting > 0; waiting = ledger.waiting(destination)) {
      yield { sent: sent + Math.max(0, calls - waiting), total };
      await sleep(lookMs, undefined, { signal });
    }
    sent += calls;
    from = to;
    yield { sent, total };
  }
}
