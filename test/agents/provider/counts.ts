import type { ReportedCall } from './reportedCall.ts';

/**
 * Counts of the n-th call: every bucket differs from every other bucket and from those of other calls, so that a bucket that is counted
 * twice, left out or taken for another one shows in the sum.
 */
export function countsOf(
  n: number,
): Pick<ReportedCall, 'input' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h' | 'output' | 'reasoning'> {
  return {
    input: 1_000 + 7 * n,
    cacheRead: 20_000 + 110 * n,
    cacheWrite5m: 300 + 13 * n,
    cacheWrite1h: 4_000 + 17 * n,
    output: 500 + 19 * n,
    reasoning: 60 + 3 * n,
  };
}
