import { createNumberFormats, findLocale } from '../../core/numberFormats.ts';

/**
 * Numbers and plurals in the window's language, for every formatter. A window has one language from its start to its end, so it is told
 * once, here, instead of being handed through every text.
 */
let formats = createNumberFormats('en', 'unpriced');
let locale = 'en';
let textLocale = 'en';
let plurals: Intl.PluralRules | null = null;

export interface WindowLanguage {
  /** A BCP 47 tag: `vscode.env.language`. */
  readonly language: string;
  /** The texts are in that language, too; else they are in English, whatever the numbers are in. */
  readonly isTranslated: boolean;
  /** What an amount is called of which nothing is known. */
  readonly unpriced: string;
}

/** Nothing of `Intl` is made here: the first number does that, when it is shown. */
export function setWindowLanguage({ language, isTranslated, unpriced }: WindowLanguage): void {
  formats = createNumberFormats(language, unpriced);
  locale = language;
  textLocale = isTranslated ? language : 'en';
  plurals = null;
}

/** USD in whole cents: "$1,234.50". */
export const formatUsd = (usd: number | null): string => formats.usd(usd);
/** USD of one call or an estimate, to the last digit that counts: "$0.0000125". */
export const formatUsdPrecise = (usd: number | null): string => formats.usdPrecise(usd);
/** USD with so many decimals: "$0.010". */
export const formatUsdFixed = (usd: number, decimals: number): string => formats.usdFixed(usd, decimals);
/** USD with at most three digits that count: "$12.3k". */
export const formatUsdShort = (usd: number): string => formats.usdShort(usd);
/** A count in full: "1,234,567". */
export const formatCount = (count: number): string => formats.count(count);
/** Tokens with at most three digits that count: "12.3k". */
export const formatTokens = (tokens: number): string => formats.tokens(tokens);
/** A part of a whole (0.12) in whole percent: "12%". */
export const formatPercent = (share: number): string => formats.percent(share);
/** With so many decimals: "12.0". */
export const formatDecimal = (value: number, decimals: number): string => formats.decimal(value, decimals);

/** Whether a text about so many takes its singular, by the rules of the language that the texts are in. */
export function isOne(count: number): boolean {
  plurals ??= new Intl.PluralRules(findLocale(textLocale));
  return plurals.select(count) === 'one';
}

/** An instant (epoch ms) as the time of day in the window's language and the system's zone: "4:05 PM". */
export function formatClock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString(findLocale(locale), { timeStyle: 'short' });
}
