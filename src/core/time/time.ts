/** Model calls were not billed before, and no clock that can be believed is further ahead. Also tells the units apart. */
const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

/** How many of each epoch unit make a millisecond: s, ms, µs, ns. Between 2000 and 2100 no number fits two of them. */
const unitsPerMs = [0.001, 1, 1_000, 1_000_000] as const;

const iso =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * An instant in epoch ms from what sources send: ISO 8601 text (UTC if it names no zone), or an epoch in s, ms, µs or ns,
 * told apart by size, as a number, a bigint or digits. Finer parts than ms are cut. Null when unreadable or not between the
 * years 2000 and 2100.
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value === 'number') {
    return parseEpoch(value);
  }
  if (typeof value !== 'string' && typeof value !== 'bigint') {
    return null;
  }
  const text = String(value).trim();
  if (/^\d{1,20}(?:\.\d{1,9})?$/.test(text)) {
    // OTLP's nanoseconds have more digits than a number holds; the last six are below a millisecond.
    return parseEpoch(/^\d{17,}$/.test(text) ? Number(text.slice(0, -6)) : Number(text));
  }
  return parseIso(text);
}

function parseEpoch(epoch: number): number | null {
  for (const unit of unitsPerMs) {
    // Seconds with a fraction lose their last digit to floats (1795300000.123 × 1000), so they are rounded to the µs first.
    const ms = unit < 1 ? Math.floor(Math.round(epoch * 1e6) / 1e3) : Math.floor(epoch / unit);
    if (isBelievable(ms)) {
      return ms;
    }
  }
  return null;
}

function parseIso(text: string): number | null {
  const match = iso.exec(text);
  if (!match) {
    return null;
  }
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const midnight = parseDay(day);
  // A leap second (:60) is the last millisecond of its minute for every clock that has none.
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  const offset = parseOffset(zone);
  if (midnight === null || !isTime || offset === null) {
    return null;
  }
  const withinMinute = second === '60' ? 59_999 : Number(second) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
  const ms = midnight + (Number(hour) * 60 + Number(minute)) * 60_000 + withinMinute - offset;
  return isBelievable(ms) ? ms : null;
}

/** The day parsed last: calls come day by day. */
let lastDay: { readonly text: string; readonly midnight: number | null } = { text: '', midnight: null };

/** Midnight of a UTC day in epoch ms; null for one that no calendar has. */
function parseDay(text: string): number | null {
  if (text !== lastDay.text) {
    const midnight = Date.parse(`${text}T00:00:00Z`);
    const isDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text);
    lastDay = { text, midnight: isDay ? midnight : null };
  }
  return lastDay.midnight;
}

/** `Z`, `+HH`, `+HHMM` or `+HH:MM` in ms; null when no clock is that far off. */
function parseOffset(zone: string): number | null {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) {
    return 0;
  }
  const [, sign, hours, minutes = '0'] = match;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return Number(hours) > 18 || Number(minutes) > 59 ? null : sign === '-' ? -offset : offset;
}

function isBelievable(ms: number): boolean {
  return ms >= earliestMs && ms < latestMs;
}
