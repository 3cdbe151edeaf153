import type { RecordOutline, Totals } from '../../api/contract.ts';
import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import { createThrottle } from './throttle.ts';

/** Who watches a ledger, e.g. one event stream. */
export interface Reader {
  onTotals(totals: Totals): void;
  onRecord(record: RecordOutline): void;
  /** A threshold of a budget was crossed. */
  onThreshold(event: ThresholdEvent): void;
  /** The engine's own state changed. */
  onEngine(): void;
  /** Who reads on must show that they may. */
  onDismissed(): void;
}

/** Tells the readers of one ledger what happens, at a pace that an editor can show. */
export interface Newsroom {
  subscribe(reader: Reader): () => void;
  /** New calls; the totals follow. */
  report(records: readonly RecordOutline[]): void;
  /** The totals may have changed. */
  touch(): void;
  /** A threshold was crossed: told at once. */
  cross(event: ThresholdEvent): void;
  announceEngine(): void;
  /** Sends all readers away, because tokens were replaced. */
  dismiss(): void;
  stop(): void;
}

/** At most four updates a second, counted generously. */
const intervalMs = 260;
/** Of many calls between two updates, the newest so many are told one by one. */
const maxRecords = 20;

/** Totals are computed once per update, however many read them. */
export function createNewsroom(readTotals: () => Totals): Newsroom {
  const readers = new Set<Reader>();
  let waiting: RecordOutline[] = [];
  const throttle = createThrottle(() => {
    const records = waiting;
    waiting = [];
    if (readers.size === 0) {
      return;
    }
    const totals = readTotals();
    for (const reader of readers) {
      for (const record of records) {
        reader.onRecord(record);
      }
      reader.onTotals(totals);
    }
  }, intervalMs);
  return {
    subscribe: reader => {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    report: records => {
      if (readers.size > 0) {
        waiting = [...waiting, ...records].slice(-maxRecords);
      }
      throttle.request();
    },
    touch: throttle.request,
    cross: event => {
      for (const reader of readers) {
        reader.onThreshold(event);
      }
    },
    announceEngine: () => {
      for (const reader of readers) {
        reader.onEngine();
      }
    },
    dismiss: () => {
      for (const reader of [...readers]) {
        reader.onDismissed();
      }
    },
    stop: throttle.stop,
  };
}
