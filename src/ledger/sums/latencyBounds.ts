/**
 * Upper bounds, ms, of the classes that latencies are counted in: from an answer out of a cache to an agent's longest turn. The last
 * one holds every latency there is (docs/http-api.md: 30 days at most).
 */
export const latencyBoundsMs = [
  250,
  500,
  1_000,
  2_000,
  4_000,
  8_000,
  16_000,
  32_000,
  64_000,
  128_000,
  256_000,
  30 * 86_400_000,
] as const;

/** The class of a latency in ms. */
export function latencyBound(ms: number): number {
  return latencyBoundsMs.find(bound => ms <= bound) ?? latencyBoundsMs[latencyBoundsMs.length - 1] ?? 0;
}

/** For the schema: the counts of the calls that were stored before there were any. */
export const countStoredLatencies = `INSERT INTO latency_rollup (facet, bound_ms, requests, latency_ms)
  SELECT facet, CASE ${latencyBoundsMs.map(bound => `WHEN latency_ms <= ${bound} THEN ${bound}`).join(' ')} ELSE ${
    latencyBoundsMs[latencyBoundsMs.length - 1]
  } END AS bound, count(*), sum(latency_ms) FROM call WHERE latency_ms IS NOT NULL GROUP BY facet, bound;`;
