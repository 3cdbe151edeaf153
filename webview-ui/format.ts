/** Figures as text: in the language of the page, money in US dollars, with the functions that write it in the status bar. */
import { createNumberFormats } from '../src/core/numberFormats.ts';
import { fill, texts } from './texts.ts';

/** The page's language for `Intl`, or the browser's when VS Code's is not one `Intl` knows. */
const language = parseLanguage(typeof document === 'undefined' ? 'en' : document.documentElement.lang);

const numbers = createNumberFormats(language ?? 'en', texts.unpricedCost);
export const { usd: formatUsd, usdPrecise: formatUsdPrecise, count: formatCount } = numbers;
const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const shares = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
const changes = new Intl.NumberFormat(language, {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});
const plurals = new Intl.PluralRules(language);
// Days are names already, so they are read and written in the same zone: UTC.
const shortDays = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' });
const longDays = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
const hours = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
const months = new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** The form of a text for a count: English and German have two. */
export function plural(count: number, one: string, other: string, ...values: readonly string[]): string {
  return fill(plurals.select(count) === 'one' ? one : other, formatCount(count), ...values);
}

/** A part of a whole as whole percent; nothing of nothing is 0 %. All of it is not said before it is all of it. */
export function formatShare(part: number, whole: number): string {
  const share = whole === 0 ? 0 : part / whole;
  return shares.format(share < 1 && share > 0.99 ? 0.99 : share > 0 && share < 0.01 ? 0.01 : share);
}

/** A signed share: "+12%". */
export function formatChange(now: number, before: number): string {
  return changes.format((now - before) / before);
}

/** How far off something was, signed: "+12%", "0%"; `–` when nobody knows. */
export function formatError(share: number | null): string {
  return share === null ? '–' : changes.format(share);
}

/** Always in seconds with two digits, so that a column of them can be compared by eye; `–` when nothing was timed. */
export function formatLatency(ms: number | null): string {
  return ms === null ? '–' : `${seconds.format(ms / 1000)} s`;
}

/** A stretch of time as people say it: "42 s", "3 min", "2 h 5 min". */
export function formatDuration(ms: number): string {
  const all = Math.round(ms / 1000);
  const [h, min, s] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  return h > 0 ? `${formatCount(h)} h ${min} min` : min > 0 ? `${min} min ${s} s` : `${s} s`;
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

/** The cost of one call, to the last digit that counts. */
export function formatCallCost(costUsd: number | null): string {
  return costUsd === null ? texts.unpricedCost : formatUsdPrecise(costUsd);
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

/** A bar's stretch of time: "9:00 AM", "Nov 22", "Nov 2026". Of hours in several days the day is said, too. */
export function formatSlot(slot: string, isOneDay = true): string {
  if (slot.length === 7) {
    return months.format(Date.parse(`${slot}-01`));
  }
  if (slot.length === 10) {
    return shortDays.format(Date.parse(slot));
  }
  const at = Date.parse(`${slot}Z`);
  return isOneDay ? hours.format(at) : `${shortDays.format(at)}, ${hours.format(at)}`;
}

/** "Nov 16 – 22, 2026" of a range of days with `to` inclusive. */
export function formatDays(from: string, to: string): string {
  return longDays.formatRange(Date.parse(from), Date.parse(to));
}

const instants = new Map<string, Intl.DateTimeFormat>();

/** An instant as day and time in an IANA zone; `timeStyle` medium has seconds. */
export function formatInstant(instant: string, timeZone: string, timeStyle: 'short' | 'medium' = 'short'): string {
  const key = `${timeZone} ${timeStyle}`;
  const format = instants.get(key) ?? new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle, timeZone });
  instants.set(key, format);
  return format.format(Date.parse(instant));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The time of day of an instant, with seconds. */
export function formatClock(instant: string, timeZone: string): string {
  const format = clocks.get(timeZone) ?? new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone });
  clocks.set(timeZone, format);
  return format.format(Date.parse(instant));
}

function parseLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
