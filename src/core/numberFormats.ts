import { roundToCents, roundToDigits, type ShownUsd } from './money.ts';

/** How numbers are written in one language: by `Intl`, whose formats are made on first use and kept, as each takes a while to make. */
export interface NumberFormats {
  /** USD in whole cents, rounded half up: "$1,234.50", "<$0.01" above nothing and below a cent; null is said to be unpriced. */
  readonly usd: (usd: number | null) => string;
  /** USD of one call or an estimate: cents, and up to six significant digits below them: "$0.0000125"; null is said to be unpriced. */
  readonly usdPrecise: (usd: number | null) => string;
  /** USD with so many decimals, also when they are zeros: "$0.010". */
  readonly usdFixed: (usd: number, decimals: number) => string;
  /** USD for a narrow place, with at most three digits that count: "$12.3k", "$4.56M". */
  readonly usdShort: (usd: number) => string;
  /** A count in full: "1,234,567". */
  readonly count: (count: number) => string;
  /** Tokens for a narrow place, with at most three digits that count, rounded half up: "950", "12.3k", "4.56M". */
  readonly tokens: (tokens: number) => string;
  /** A part of a whole (0.12) in whole percent: "12%". */
  readonly percent: (share: number) => string;
  /** With so many decimals, also when they are zeros: "12.0". */
  readonly decimal: (value: number, decimals: number) => string;
}

/** `language` is a BCP 47 tag as VS Code has it; one that `Intl` does not know is English. `unpriced` is what an unknown amount is called. */
export function createNumberFormats(language: string, unpriced: string): NumberFormats {
  const locale = findLocale(language);
  const kept = new Map<string, Intl.NumberFormat>();
  const format = (options: Intl.NumberFormatOptions): Intl.NumberFormat => {
    const key = JSON.stringify(options);
    const known = kept.get(key) ?? new Intl.NumberFormat(locale, options);
    kept.set(key, known);
    return known;
  };
  const decimals = (count: number) => ({ minimumFractionDigits: count, maximumFractionDigits: count });
  // All amounts are US dollars: "$" alone is unambiguous, where `Intl` would write "US$" in some languages.
  const dollars = (count: number) =>
    format({ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...decimals(count) });
  const write = ({ digits, isLess }: ShownUsd): string => {
    const text = dollars(digits.split('.')[1]?.length ?? 0).format(digits);
    return isLess ? `${digits.startsWith('-') ? '>' : '<'}${text}` : text;
  };
  return {
    usd: usd => (usd === null ? unpriced : write(roundToCents(usd))),
    usdPrecise: usd => (usd === null ? unpriced : write(roundToDigits(usd))),
    usdFixed: (usd, count) => dollars(count).format(usd),
    usdShort: usd => {
      const { value, exponent } = shorten(usd);
      return addUnit(dollars(countDecimals(value)).formatToParts(value), findUnit(locale, exponent));
    },
    count: count => format({}).format(count),
    tokens: tokens => {
      const { value, exponent } = shorten(tokens);
      return addUnit(format({}).formatToParts(value), findUnit(locale, exponent));
    },
    percent: share => format({ style: 'percent', maximumFractionDigits: 0 }).format(share),
    decimal: (value, count) => format(decimals(count)).format(value),
  };
}

/** The first of these languages that `Intl` knows. */
export function findLocale(language: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** Thousands, millions, billions, trillions. */
const units = ['', 'k', 'M', 'B', 'T'] as const;

/** A value as at most three digits that count and the power of 1000 they are of. */
function shorten(of: number): { readonly value: number; readonly exponent: number } {
  let value = of;
  let exponent = 0;
  // 999.5 would be shown as "1000", so it moves to the next unit.
  while (Math.abs(value) >= 999.5 && exponent < units.length - 1) {
    value /= 1000;
    exponent += 1;
  }
  const decimals = exponent === 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  const scale = 10 ** decimals;
  return { value: Math.round(value * scale) / scale, exponent };
}

function countDecimals(value: number): number {
  return String(value).split('.')[1]?.length ?? 0;
}

/**
 * What a language calls a power of 1000: "4.56M", "4,56 Mio.". A thousand is "k" everywhere, as few languages shorten it; languages that
 * count in other powers (10,000) have the letters too.
 */
function findUnit(locale: string, exponent: number): string {
  if (exponent < 2) {
    return units[exponent] ?? '';
  }
  const parts = new Intl.NumberFormat(locale, { notation: 'compact' }).formatToParts(1000 ** exponent);
  const [number, ...rest] = parts;
  const isPower = number?.type === 'integer' && number.value === '1' && rest.some(({ type }) => type === 'compact');
  return isPower ? rest.map(({ value }) => value).join('') : (units[exponent] ?? '');
}

/** The unit belongs behind the digits, before a currency that follows. */
function addUnit(parts: readonly Intl.NumberFormatPart[], unit: string): string {
  const last = parts.findLastIndex(({ type }) => type === 'integer' || type === 'fraction');
  return parts.map(({ value }, index) => (index === last ? value + unit : value)).join('');
}
