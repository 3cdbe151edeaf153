import type { UsageRecord } from '../../core/usageRecord.ts';
import type { FailedCall } from '../../ledger/side/failedCalls.ts';
import type { TextHashes } from '../estimates/keptEstimates.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import type { Log } from '../lifecycle/log.ts';
import { deliverLate } from './lateRecords.ts';

/** Calls that are over wait for each other, so that recording stays out of the way of the calls that are under way. */
export interface RecordQueue {
  /** Resolves when it is time to find out what a call used: some ms later, and for a few calls at a time. */
  turn(): Promise<void>;
  /**
   * Stores records together with those that come in the next few ms; resolves when they are durable. `hashes` are of what was sent. Rejects with
   * `StorageError`.
   */
  append(ledger: LiveLedger, records: readonly UsageRecord[], hashes?: TextHashes): Promise<void>;
  appendFailed(ledger: LiveLedger, call: FailedCall): Promise<void>;
  /** The ledgers are about to be closed: what comes from now on goes to whoever owns them then. */
  detach(): void;
  /** The ledgers that calls began with may be closed. */
  isDetached(): boolean;
}

/** Far less than anybody sees, and enough that many calls are stored as one. ms */
const restMs = 10;
/** How long others are then held up at a time. ms */
const turnMs = 1;
/** More calls than this don't wait for their turn, however much there is to pass on: they hold the ends of their bodies. */
const mostWaiting = 64;
/** What was found out in this time is stored as one. ms */
const gatherMs = 5;

interface Batch {
  readonly records: UsageRecord[];
  readonly failed: FailedCall[];
  readonly stored: Promise<void>;
}

/** A queue for one gateway. */
export function createRecordQueue(log: Log): RecordQueue {
  const waiting: (() => void)[] = [];
  let isTurnDue = false;
  let isDetached = false;
  const batches = new Map<LiveLedger, Batch>();

  async function store(ledger: LiveLedger, { records, failed }: Omit<Batch, 'stored'>): Promise<void> {
    if (isDetached) {
      await deliverLate(ledger, { records, failed }, log);
      return;
    }
    await Promise.all([records.length > 0 && ledger.append(records), failed.length > 0 && ledger.appendFailed(failed)]);
  }

  function findBatch(ledger: LiveLedger): Batch {
    const known = batches.get(ledger);
    if (known) {
      return known;
    }
    const gathered = { records: [], failed: [] };
    const stored = new Promise(resolve => setTimeout(resolve, gatherMs)).then(() => {
      batches.delete(ledger);
      return store(ledger, gathered);
    });
    const batch = { ...gathered, stored };
    batches.set(ledger, batch);
    return batch;
  }

  function takeTurn(): void {
    resumeNext(performance.now() + turnMs, waiting.length - mostWaiting);
  }

  /** Resumes calls one after the other until that time, and at least so many. */
  function resumeNext(until: number, least: number): void {
    waiting.shift()?.();
    if (waiting.length === 0) {
      isTurnDue = false;
    } else if (least > 1 || performance.now() < until) {
      // When the one before has come as far as it can.
      queueMicrotask(() => process.nextTick(resumeNext, until, least - 1));
    } else {
      setImmediate(takeTurn);
    }
  }

  return {
    turn: () =>
      new Promise(resolve => {
        waiting.push(resolve);
        if (!isTurnDue) {
          isTurnDue = true;
          setTimeout(takeTurn, restMs);
        }
      }),
    async append(ledger, records, hashes) {
      if (hashes && !isDetached) {
        await ledger.append(records, hashes);
        return;
      }
      const batch = findBatch(ledger);
      batch.records.push(...records);
      await batch.stored;
    },
    appendFailed(ledger, call) {
      const batch = findBatch(ledger);
      batch.failed.push(call);
      return batch.stored;
    },
    detach() {
      isDetached = true;
    },
    isDetached: () => isDetached,
  };
}
