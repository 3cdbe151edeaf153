/** Calendar days as `YYYY-MM-DD`. Which instants a day holds is the engine's business; here they are only named and counted. */

const msOfDay = 86_400_000;

/** Whether this is a day of the calendar (no 31st of June) of the years people have. */
export function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return /^[12]\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** The day `count` days after (before, if negative) another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * msOfDay).toISOString().slice(0, 10);
}

/** How many days lie from `from` up to `to`, exclusive. */
export function countDays(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / msOfDay);
}

/** The day of an instant in an IANA zone. */
export function dayOf(instantMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instantMs);
  const part = (type: string) => parts.find(each => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** All days a half-open range of instants touches, first to last, in an IANA zone. */
export function daysOfRange(range: { readonly from: string; readonly to: string }, timeZone: string): string[] {
  const first = dayOf(Date.parse(range.from), timeZone);
  const last = dayOf(Date.parse(range.to) - 1, timeZone);
  return Array.from({ length: Math.max(0, countDays(first, last) + 1) }, (_, index) => addDays(first, index));
}

/** The Monday of a day's ISO week. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}
