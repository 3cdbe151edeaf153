const largest = 1_000_000;

/** An amount of USD as typed ("5", "$5.50", "0,25"); null unless it is a number from 0 to a million. */
export function parseUsdInput(text: string): number | null {
  const digits = /^\s*\$?\s*(\d+(?:[.,]\d+)?|[.,]\d+)\s*$/.exec(text)?.[1];
  const amount = digits === undefined ? Number.NaN : Number(digits.replace(',', '.'));
  return amount <= largest ? amount : null;
}
