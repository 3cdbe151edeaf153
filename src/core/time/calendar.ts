import type { Range } from '../sums.ts';
import { parseTimestamp } from './time.ts';
import { formatDay, offsetAt, parseDay, zoneFormat } from './zoneClock.ts';

/** Periods people ask for: calendar ones of a zone; `7d` and `30d` are so many calendar days with today. */
export const periods = ['today', 'week', 'month', '7d', '30d'] as const;
export type Period = (typeof periods)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Further than any zone has been from UTC, and longer than the day a zone can skip when it crosses the date line. */
const reachMs = 40 * hourMs;

/** The system's IANA zone; UTC when the system does not know. */
export function systemZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isValidZone(zone) ? zone : 'UTC';
}

/** Whether the text names an IANA zone. Fixed offsets (`+02:00`) don't: they know no daylight saving. */
export function isValidZone(zone: string): boolean {
  if (!/^[a-z]/i.test(zone)) {
    return false;
  }
  try {
    zoneFormat(zone);
    return true;
  } catch {
    return false;
  }
}

/** The zone of a setting: empty means the system's. Throws RangeError when the text names no IANA zone. */
export function resolveZone(setting: string): string {
  const zone = setting.trim();
  if (zone === '') {
    return systemZone();
  }
  if (!isValidZone(zone)) {
    throw new RangeError(`"${zone}" is not an IANA time zone. Use a name such as "Europe/Berlin" or "UTC".`);
  }
  return zone;
}

/** The range of the day last asked for, per zone: most questions in a row are about one day. */
const lastDays = new Map<string, Range & { readonly day: string }>();

/** The calendar day (`YYYY-MM-DD`) of an instant (epoch ms) in a zone: the one whose range it falls in. */
export function dayOf(ms: number, zone: string): string {
  const last = lastDays.get(zone);
  if (last && ms >= last.fromMs && ms < last.toMs) {
    return last.day;
  }
  let day = formatDay(ms + offsetAt(ms, zone));
  // A clock set back over midnight shows the earlier day again; the days stay ranges without gaps (St John's, until 2011).
  if (ms < startOfDay(day, zone)) {
    day = addDays(day, -1);
  } else if (ms >= startOfDay(addDays(day, 1), zone)) {
    day = addDays(day, 1);
  }
  lastDays.set(zone, { day, fromMs: startOfDay(day, zone), toMs: startOfDay(addDays(day, 1), zone) });
  return day;
}

/** The hour of an instant as the zone's clock shows it: `YYYY-MM-DDTHH:00`. An hour shown twice is one label. */
export function hourOf(ms: number, zone: string): string {
  const wall = new Date(ms + offsetAt(ms, zone)).toISOString();
  return `${wall.slice(0, 13)}:00`;
}

const starts = new Map<string, number>();
const startsLimit = 5_000;

/**
 * The first instant (epoch ms) of a day (`YYYY-MM-DD`) in a zone: not always 00:00, and for a day a zone skipped the start of
 * the next. Throws RangeError when the text is no calendar day.
 */
export function startOfDay(day: string, zone: string): number {
  const key = `${zone} ${day}`;
  const known = starts.get(key);
  if (known !== undefined) {
    return known;
  }
  const start = findStart(parseDay(day), zone);
  if (starts.size >= startsLimit) {
    starts.clear();
  }
  starts.set(key, start);
  return start;
}

/** `midnight` is the day's 00:00 read as UTC. */
function findStart(midnight: number, zone: string): number {
  let before = midnight - reachMs;
  let after = midnight + reachMs;
  const offset = offsetAt(before, zone);
  if (offset === offsetAt(after, zone)) {
    return midnight - offset;
  }
  // The clock changes around this midnight: halve the span down to the first instant whose clock shows this day or later.
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (middle + offsetAt(middle, zone) < midnight) {
      before = middle;
    } else {
      after = middle;
    }
  }
  return after;
}

/** The day so many calendar days later, or earlier when negative. Throws RangeError when the text is no calendar day. */
export function addDays(day: string, days: number): string {
  return formatDay(parseDay(day) + days * dayMs);
}

/**
 * The half-open range of a period around an instant. Weeks are ISO weeks, from Monday. Weeks and months reach to their end;
 * today, `7d` and `30d` to the end of today.
 */
export function periodRange(period: Period, nowMs: number, zone: string): Range {
  const today = dayOf(nowMs, zone);
  const [first, next] = periodDays(period, today);
  return { fromMs: startOfDay(first, zone), toMs: startOfDay(next, zone) };
}

/**
 * The range to compare a range with: the one before it, as long in calendar days (a month: the month before). While the range is not
 * over it ends after the same time as has passed by now, so that like is compared with like.
 */
export function previousRange(range: Range, period: Period | null, nowMs: number, zone: string): Range {
  const first = dayOf(range.fromMs, zone);
  const isWholeDays = startOfDay(first, zone) === range.fromMs && range.toMs > range.fromMs;
  const fromMs =
    period === 'month'
      ? startOfDay(stretchOf(addDays(first, -1), 'month')[0], zone)
      : isWholeDays
        ? startOfDay(addDays(first, -countDays(range, zone)), zone)
        : range.fromMs - (range.toMs - range.fromMs);
  const toMs = nowMs < range.toMs ? fromMs + Math.max(0, nowMs - range.fromMs) : range.fromMs;
  return { fromMs, toMs: Math.min(toMs, range.fromMs) };
}

/** The first day of the period with this day in it, and the day after its last. */
function periodDays(period: Period, today: string): readonly [string, string] {
  const tomorrow = addDays(today, 1);
  switch (period) {
    case 'today':
      return [today, tomorrow];
    case '7d':
      return [addDays(today, -6), tomorrow];
    case '30d':
      return [addDays(today, -29), tomorrow];
    case 'week':
    case 'month':
      return stretchOf(today, period);
  }
}

/** How many calendar days of a zone a range touches. */
export function countDays({ fromMs, toMs }: Range, zone: string): number {
  return toMs <= fromMs ? 0 : Math.round((parseDay(dayOf(toMs - 1, zone)) - parseDay(dayOf(fromMs, zone))) / dayMs) + 1;
}

/** The first day of a day's ISO week (from Monday) or month, and the day after its last. */
export function stretchOf(day: string, unit: 'week' | 'month'): readonly [first: string, next: string] {
  if (unit === 'month') {
    const first = `${day.slice(0, 8)}01`;
    return [first, `${addDays(first, 31).slice(0, 8)}01`];
  }
  const monday = addDays(day, -((new Date(parseDay(day)).getUTCDay() + 6) % 7));
  return [monday, addDays(monday, 7)];
}

/** The name of a day's week (`YYYY-MM-DD`, its Monday) or month (`YYYY-MM`). */
export function nameStretch(day: string, unit: 'week' | 'month'): string {
  const [first] = stretchOf(day, unit);
  return unit === 'week' ? first : first.slice(0, 7);
}

/**
 * The instant (epoch ms) a text names: a day of the zone (`YYYY-MM-DD`, its start) or an ISO 8601 instant (UTC if it names
 * no zone). Throws RangeError for anything else.
 */
export function parseInstantOrDay(text: string, zone: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return startOfDay(text, zone);
  }
  const ms = text.includes('-') ? parseTimestamp(text) : null;
  if (ms === null) {
    throw new RangeError(`"${text}" is neither a date (2026-11-22) nor an instant (2026-11-22T09:30:00Z).`);
  }
  return ms;
}
