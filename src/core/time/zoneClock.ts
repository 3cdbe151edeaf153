const formats = new Map<string, Intl.DateTimeFormat>();

/** The formatter that reads a zone's clock; kept, because making one costs a thousand uses. Throws RangeError for no zone. */
export function zoneFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) {
    return known;
  }
  const format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, format);
  return format;
}

/** How far a zone's clock is ahead of UTC at an instant (epoch ms), in ms. */
export function offsetAt(ms: number, zone: string): number {
  const second = Math.floor(ms / 1000) * 1000;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of zoneFormat(zone).formatToParts(second)) {
    parts[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
}

/** The calendar day (`YYYY-MM-DD`) of a clock reading given as if it were UTC, in ms. */
export function formatDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

/** 00:00 of a day (`YYYY-MM-DD`) read as UTC, in ms. Throws RangeError when the text is no calendar day. */
export function parseDay(day: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse takes 2026-02-30 in some engines and gives 2026-03-02.
  if (Number.isNaN(ms) || formatDay(ms) !== day) {
    throw new RangeError(`"${day}" is not a calendar day. Write it as 2026-11-22.`);
  }
  return ms;
}
