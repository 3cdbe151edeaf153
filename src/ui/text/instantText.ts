import { findLocale } from '../../core/numberFormats.ts';

/**
 * An instant (ISO 8601) in a zone and language: the time alone when it is of the same day as `nowMs`, else with its date. A zone
 * nobody knows is the system's, a language English; what is not an instant comes back as it was.
 */
export function formatInstant(iso: string, zone: string, language: string, nowMs: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  const locale = findLocale(language);
  try {
    return formatIn({ timeZone: zone }, locale, date, nowMs);
  } catch {
    return formatIn({}, locale, date, nowMs);
  }
}

function formatIn(zone: { timeZone?: string }, language: string, date: Date, nowMs: number): string {
  const dayOf = (instant: Date): string => instant.toLocaleDateString('en-CA', zone);
  return dayOf(date) === dayOf(new Date(nowMs))
    ? date.toLocaleTimeString(language, { timeStyle: 'medium', ...zone })
    : date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium', ...zone });
}
