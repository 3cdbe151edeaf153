/** Figures as text: in the language of the page, money in US dollars as the status bar writes it. */
import { formatUsd } from '../src/core/money.ts';
import { fill, texts } from './texts.ts';

/** The page's language for `Intl`, or the browser's when VS Code's is not one `Intl` knows. */
const language = parseLanguage(document.documentElement.lang);

const counts = new Intl.NumberFormat(language);
const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const shares = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
// Days are names already, so they are read and written in the same zone: UTC.
const shortDays = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
const longDays = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });

/** A count with its thousands grouped. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A part of a whole as whole percent; nothing of nothing is 0 %. */
export function formatShare(part: number, whole: number): string {
  return shares.format(whole === 0 ? 0 : part / whole);
}

/** Always in seconds with two digits, so that a column of them can be compared by eye; `–` when nothing was timed. */
export function formatLatency(ms: number | null): string {
  return ms === null ? '–' : `${seconds.format(ms / 1000)} s`;
}

/** A cost of which nothing, some or all is known: "unpriced" is never $0, and a part of a sum is a lower bound. */
export function formatCost({
  costUsd,
  unpriced,
}: {
  readonly costUsd: number | null;
  readonly unpriced: number;
}): string {
  if (costUsd === null) {
    return unpriced > 0 ? texts.unpricedCost : '–';
  }
  return unpriced > 0 ? `≥ ${formatUsd(costUsd)}` : formatUsd(costUsd);
}

/** "3 of 10 unpriced", or nothing when all is priced. */
export function formatUnpriced({
  requests,
  unpriced,
}: {
  readonly requests: number;
  readonly unpriced: number;
}): string {
  return unpriced > 0 ? fill(texts.unpricedOf, formatCount(unpriced), formatCount(requests)) : '';
}

/** "Nov 22" of `2026-11-22`. */
export function formatDay(day: string): string {
  return shortDays.format(Date.parse(day));
}

/** "Nov 16 – 22, 2026" of a range of days with `to` inclusive. */
export function formatDays(from: string, to: string): string {
  return longDays.formatRange(Date.parse(from), Date.parse(to));
}

/** An instant as day and time in an IANA zone. */
export function formatInstant(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    Date.parse(instant),
  );
}

function parseLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
