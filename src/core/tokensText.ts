const units = ['', 'k', 'M', 'B', 'T'] as const;

/**
 * A token count for small places, with at most three significant digits, rounded half up: "950", "12.3k", "4.56M", "1k".
 * Exact counts belong in tables; this is for the status bar and labels.
 */
export function formatTokens(tokens: number): string {
  let value = tokens;
  let unit = 0;
  // 999.5 would be shown as "1000", so it moves to the next unit. At most two moves matter in practice.
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) {
    return String(Math.round(value));
  }
  const decimals = Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0;
  const scale = 10 ** decimals;
  return `${Math.round(value * scale) / scale}${units[unit]}`;
}
