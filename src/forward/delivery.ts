import type { CostBasis } from '../core/prices/cost.ts';
import type { Sums } from '../core/sums.ts';
import type { Plan, Signal } from '../core/usageRecord.ts';

/** A call as a destination is told of it, at its privacy level: what the level keeps back is null (`disclosure.ts`). */
export interface DisclosedCall {
  readonly id: string;
  /** Grows with every change of the call: the greatest one is right. */
  readonly revision: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly provider: string | null;
  readonly model: string | null;
  readonly agent: string | null;
  readonly taskType: string | null;
  readonly team: string | null;
  readonly project: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string | null;
  readonly endpoint: string | null;
  readonly serviceTier: string | null;
  /** Everything that was sent: uncached, cache reads and cache writes. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number | null;
  readonly costNanoUsd: number | null;
  readonly costBasis: CostBasis;
  /** Who pays: a call on a subscription costs nothing by itself, its cost is list price. */
  readonly plan: Plan;
  readonly latencyMs: number | null;
  readonly signal: Signal;
}

/** A call that turned out to be another one, or was deleted before it was sent. */
export interface GoneCall {
  readonly id: string;
  readonly timestamp: number;
  readonly revision: number;
}

/** Sums of a quarter of an hour by model, team and project; by user too where the level tells users. */
export interface DisclosedSums {
  readonly model: string | null;
  readonly team: string | null;
  readonly project: string | null;
  readonly userId: string | null;
  readonly sums: Sums;
}

/** All sums of one ledger's quarter of an hour: they take the place of those told before. */
export interface DisclosedBucket {
  /** Stands for the ledger. */
  readonly source: string;
  /** Its begin, epoch ms. */
  readonly fromMs: number;
  readonly revision: number;
  readonly sums: readonly DisclosedSums[];
}

/** What is sent at once. `calls` and `gone` are empty at the level `totals`. */
export interface Delivery {
  readonly calls: readonly DisclosedCall[];
  readonly gone: readonly GoneCall[];
  readonly buckets: readonly DisclosedBucket[];
}

/** Where usage is forwarded to. */
export interface Destination {
  /**
   * Stores all of a delivery, or throws and may be given it again: each call is there once, by its id, however often it comes, and
   * a lower revision never replaces a higher one.
   */
  deliver(delivery: Delivery): Promise<void>;
  close(): Promise<void>;
}
