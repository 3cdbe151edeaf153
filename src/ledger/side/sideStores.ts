import { randomBytes } from 'node:crypto';
import type { Labels } from '../../contributions.ts';
import { addLabels } from '../../core/labels.ts';
import type { Range } from '../../core/sums.ts';
import { promptTokens } from '../../core/usageRecord.ts';
import type { Change } from '../tables/change.ts';
import type { Tables } from '../tables/tables.ts';
import type { Work } from '../writer.ts';
import type { Estimate, EstimateMatch, StoredEstimate } from './estimates.ts';
import type { FailedCall, FailedGroup, FailedKey, StoredFailedCall } from './failedCalls.ts';

/**
 * The failed calls of a ledger. Whoever sees one fail appends it (the gateway with the answer's status, telemetry with its error
 * event); what has an id in common with a stored one is the same failure and adds nothing.
 */
export interface FailedStore {
  /** Stores failed calls; resolves with how many were new, when they are durable. Throws `StorageError`. */
  append(calls: readonly FailedCall[]): Promise<number>;
  /** Counts of a range by any keys (`[]`: one group, or none), in no particular order; `zone` is the IANA zone of `day` and `hour`. */
  group(range: Range, keys: readonly FailedKey[], zone: string): FailedGroup[];
  /** The newest failed calls of a range by time, newest first. */
  list(range: Range, limit: number): StoredFailedCall[];
}

/** What users asked the cost of, and what it came to: append when asked, match when the call was seen, list to compare. */
export interface EstimateStore {
  /** Stores an estimate; resolves with its id when it is durable. Throws `StorageError`. */
  append(estimate: Estimate): Promise<string>;
  /**
   * Says which call (id of its row) an estimate turned out to be, in place of what was said before; false when there is no such
   * estimate or call. `isWhole`: it was the estimated text and nothing else. Throws `StorageError`.
   */
  match(id: string, call: string, isWhole: boolean): Promise<boolean>;
  /** The estimates of a range in the order in which they were asked; a match has the figures of its call as they are now. */
  list(range: Range): StoredEstimate[];
  /** Forgets the estimates of a range. Throws `StorageError`. */
  clear(range: Range): Promise<void>;
}

type Submit = <T>(work: Work<T>) => Promise<T>;

/** `labels` fill what a failed call does not say itself. */
export function createFailedStore(tables: Tables, submit: Submit, labels: () => Labels): FailedStore {
  return {
    append: calls =>
      submit(() => {
        const changes = calls.flatMap((call): Change[] => {
          const row = tables.failed.place(addLabels(call, labels()));
          const change = row && ({ kind: 'failed', row } as const);
          if (change) {
            tables.apply(change);
          }
          return change ? [change] : [];
        });
        return { result: changes.length, changes };
      }),
    group: (range, keys, zone) => tables.failed.group(range, keys, zone),
    list: (range, limit) => tables.failed.list(range, limit),
  };
}

/** `now` is epoch ms. */
export function createEstimateStore(tables: Tables, submit: Submit, now: () => number): EstimateStore {
  const figuresOf = (call: string): Omit<EstimateMatch, 'matchedAt' | 'isWhole'> | null => {
    const row = tables.calls.findByRowId(call);
    return row
      ? {
          call,
          promptTokens: promptTokens(row.record.tokens),
          completionTokens: row.record.tokens.output,
          costNanoUsd: row.cost.nanoUsd,
        }
      : null;
  };
  const apply = <T>(result: T, change: Change) => {
    tables.apply(change);
    return { result, changes: [change] };
  };
  return {
    append: estimate =>
      submit(() => {
        const id = randomBytes(8).toString('hex');
        return apply(id, { kind: 'estimate', id, estimate });
      }),
    match: (id, call, isWhole) =>
      submit(() => {
        const figures = figuresOf(call);
        return figures && tables.estimates.find(id)
          ? apply(true, { kind: 'match', id, match: { ...figures, isWhole, matchedAt: now() } })
          : { result: false, changes: [] };
      }),
    list: range =>
      tables.estimates
        .list(range)
        .map(({ match, ...estimate }) => ({ ...estimate, match: match && { ...match, ...figuresOf(match.call) } })),
    clear: range => submit(() => apply(undefined, { kind: 'forget-estimates', range })),
  };
}
