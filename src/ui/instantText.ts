/**
 * An instant (ISO 8601) in a zone and language: the time alone when it is of the same day as `nowMs`, else with its date. A zone or
 * language nobody knows is the system's; what is not an instant comes back as it was.
 */
export function formatInstant(iso: string, zone: string, language: string, nowMs: number): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  try {
    return formatIn({ timeZone: zone }, language, date, nowMs);
  } catch {
    return formatIn({}, undefined, date, nowMs);
  }
}

function formatIn(zone: { timeZone?: string }, language: string | undefined, date: Date, nowMs: number): string {
  const dayOf = (instant: Date): string => instant.toLocaleDateString('en-CA', zone);
  return dayOf(date) === dayOf(new Date(nowMs))
    ? date.toLocaleTimeString(language, { timeStyle: 'medium', ...zone })
    : date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium', ...zone });
}
