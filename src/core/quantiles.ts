/** The figures below which 10, 50 and 90 % of a set lie. */
export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** The 10th, 50th and 90th percentile by nearest rank: each is one of the values. Null for none. */
export function computeQuantiles(values: readonly number[]): Quantiles | null {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return sorted.length === 0 ? null : { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}
