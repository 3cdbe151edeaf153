import type { Cost, Rate } from '../../core/prices/cost.ts';
import type { Range } from '../../core/sums.ts';
import { emptyRecord, type Signal, type UsageRecord } from '../../core/usageRecord.ts';
import type { Observation } from '../joining/observations.ts';
import type { Estimate, EstimateMatch } from '../side/estimates.ts';
import type { FailedRow } from '../side/failedCalls.ts';
import { formatCallChange } from './callLine.ts';

/** What a user deletes: a range of instants, or a session. */
export type Selection = { readonly range: Range } | { readonly sessionId: string };

/** A stored call: the merged record, its cost as priced then, and what it was made from. */
export interface CallRow {
  /** Globally unique, given by the ledger. */
  readonly id: string;
  /** `ids` is empty here: the ids live in a table of their own. */
  readonly record: UsageRecord;
  readonly cost: Cost;
  /** The signals that reported the call, each once. */
  readonly signals: readonly Signal[];
  /** How many reports made the row. */
  readonly observations: number;
}

/** That a signal reported a call of a session, by which a second signal of that session is told from new calls. */
export interface Sighting {
  readonly session: string;
  readonly signal: Signal;
  /** Epoch ms. */
  readonly timestamp: number;
  /** Whether the signal names calls by ids that others may share. */
  readonly hasCallIds: boolean;
}

/**
 * What a journal line says was done: the row as it is afterwards, so that replaying a line twice, or on top of a snapshot that
 * holds it already, changes nothing.
 */
export type Change =
  | {
      readonly kind: 'call';
      readonly row: CallRow;
      /** Ids that now lead to the row, beside those that already did. */
      readonly ids: readonly string[];
      /** Rows that turned out to be the same call and are gone. */
      readonly absorbed: readonly string[];
      /** The reports that made the row, when there is more than one. */
      readonly observations?: readonly Observation[];
      /** What the report adds to what is known of its session. */
      readonly sighting?: Sighting;
    }
  | { readonly kind: 'failed'; readonly row: FailedRow }
  | { readonly kind: 'estimate'; readonly id: string; readonly estimate: Estimate }
  | { readonly kind: 'match'; readonly id: string; readonly match: EstimateMatch }
  | { readonly kind: 'forget-estimates'; readonly range: Range }
  | { readonly kind: 'notice'; readonly key: string; readonly markedAt: number }
  /** Calls before an instant (epoch ms, the start of a bucket) are dropped; their sums stay. */
  | {
      readonly kind: 'prune';
      readonly before: number;
      /** Calls that are counted too much from then on, when all ledgers are added up (doubleCalls.ts). */
      readonly doubles?: readonly CallRow[];
    }
  /** Calls and their sums are gone. */
  | { readonly kind: 'delete'; readonly selection: Selection }
  /** From now on calls are queued for these destinations; `at` is epoch ms. */
  | { readonly kind: 'destinations'; readonly names: readonly string[]; readonly at: number }
  /** A destination has everything up to this number of its queue. */
  | { readonly kind: 'forwarded'; readonly destination: string; readonly through: number }
  /** The calls of a range are queued for a destination, whether it had them or not; with `n` the one of that number in its ms. */
  | { readonly kind: 'forwardHistory'; readonly destination: string; readonly range: Range; readonly n?: number };

/** A change as JSON, without what {@link parseChange} puts back. */
export function formatChange(change: Change): string {
  return change.kind === 'call' ? formatCallChange(change) : JSON.stringify(change);
}

/** The inverse of {@link formatChange}; the line's checksum was compared before. */
export function parseChange(json: string): Change {
  const change = JSON.parse(json);
  if (change.kind !== 'call') {
    return change;
  }
  const { row } = change;
  const cost: Cost = { nanoUsd: row.cost.nanoUsd ?? null, basis: row.cost.basis, rate: parseRate(row.cost.rate) };
  const observations = row.observations > 1 ? change.observations?.map(restoreObservation) : undefined;
  const record = { ...emptyRecord, ...row.record, tokens: { ...emptyRecord.tokens, ...row.record.tokens } };
  return { ...change, ...(observations ? { observations } : {}), row: { ...row, record, cost } };
}

function restoreObservation(seen: Observation): Observation {
  return { ...seen, inputTokens: seen.inputTokens ?? null, outputTokens: seen.outputTokens ?? null };
}

/** A rate as it is kept in a journal line or a `rate` row. */
export function parseRate(value: Rate | undefined | null): Rate | null {
  return value ? { ...value, tierFrom: value.tierFrom ?? null } : null;
}
