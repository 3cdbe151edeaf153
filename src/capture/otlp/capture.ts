import type { UsageRecord } from '../../core/usageRecord.ts';
import { UsageError } from '../json.ts';

/** What became of pieces of telemetry. */
export interface Capture {
  readonly records: readonly UsageRecord[];
  /** Pieces that are usage but contradict themselves. */
  readonly rejected: number;
  /** Why the first of them was. */
  readonly error: string | null;
}

/** Reads each piece; null is none of our business, and a `UsageError` rejects that piece alone. */
export function collect<T>(pieces: readonly T[], read: (piece: T) => UsageRecord | null): Capture {
  const records: UsageRecord[] = [];
  const errors: string[] = [];
  for (const piece of pieces) {
    try {
      const record = read(piece);
      if (record !== null) {
        records.push(record);
      }
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      errors.push(error.message);
    }
  }
  return { records, rejected: errors.length, error: errors[0] ?? null };
}

/** Several captures as one. */
export function joinCaptures(captures: readonly Capture[]): Capture {
  return {
    records: captures.flatMap(({ records }) => records),
    rejected: captures.reduce((sum, { rejected }) => sum + rejected, 0),
    error: captures.find(({ error }) => error !== null)?.error ?? null,
  };
}
