const firstMs = 1_000;
const longestMs = 5 * 60_000;

/**
 * The pause after `failures` tries in a row, ms: anything up to a bound that doubles from a second to five minutes ("full jitter", so
 * that a team's engines don't come back all at once), but never less than a fifth of a second.
 */
export function pauseMs(failures: number, random: () => number): number {
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.max(200, Math.round(bound * random()));
}
