/** The stretches of time that are a bar each, by the names the engine gives them. Pure. */
import { daysOfRange, mondayOf } from '../days.ts';
import type { BarLength } from '../intervals.ts';

const hourMs = 3_600_000;

/** All stretches that a half-open range of instants touches, first to last, in an IANA zone. */
export function slotsOfRange(
  range: { readonly from: string; readonly to: string },
  interval: BarLength,
  timeZone: string,
): string[] {
  if (interval === 'hour') {
    return hoursOfRange(range, timeZone);
  }
  const days = daysOfRange(range, timeZone);
  const names = days.map(day => (interval === 'day' ? day : interval === 'week' ? mondayOf(day) : day.slice(0, 7)));
  return [...new Set(names)];
}

/** An hour that the clock shows twice is one. */
function hoursOfRange({ from, to }: { readonly from: string; readonly to: string }, timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });
  const names = new Set<string>();
  // Quarters of an hour, as some zones are off by these.
  for (let at = Date.parse(from); at < Date.parse(to); at += hourMs / 4) {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    names.add(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:00`);
  }
  return [...names];
}
