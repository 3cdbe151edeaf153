import type { UsageRecord } from '../usageRecord.ts';

/** How the cost of a record is known (docs/architecture.md, "The record"). */
export type CostBasis = 'billed' | 'priced' | 'estimated' | 'unpriced';

/**
 * What a rate does not know although a record may need it: a cost that uses it is `estimated`. `cacheWrite1h` is then the
 * 5-minute rate; `output` and `webSearch` are 0; `otherCharges` are charges no record counts (a fee per request, say).
 */
export type RateGap = 'output' | 'cacheWrite1h' | 'webSearch' | 'otherCharges';

/** The rate a record was priced with, kept beside it so that history is never silently re-priced. USD per 1M tokens. */
export interface Rate {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** USD per 1,000 web searches. */
  readonly webSearch: number;
  /** Where the rate comes from: `settings:<pattern>` or `genai-prices@<version>:<provider>/<model>`. */
  readonly source: string;
  /** Long-context tier chosen for the whole request, as the smallest prompt it holds for, in tokens; null for the base rate. */
  readonly tierFrom: number | null;
  /**
   * Factors for service tier, speed and geography, by name (`batch: 0.5`). The token rates above are without them; the cost
   * is tokens × rate × all factors. They don't apply to web searches.
   */
  readonly factors: Readonly<Record<string, number>>;
  /** What the rate does not know; absent when it knows everything. */
  readonly gaps?: readonly RateGap[];
}

export interface Cost {
  /** Nano-USD (1e-9 USD), an integer; null when unpriced. */
  readonly nanoUsd: number | null;
  readonly basis: CostBasis;
  readonly rate: Rate | null;
}

export interface PricedRecord extends UsageRecord {
  readonly cost: Cost;
}
