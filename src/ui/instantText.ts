/**
 * An instant (ISO 8601) as date and time in a zone and language. A zone or language nobody knows is the system's; what is not an instant comes back as it was.
 */
export function formatInstant(iso: string, zone: string, language: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) {
    return iso;
  }
  const style = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  try {
    return date.toLocaleString(language, { ...style, timeZone: zone });
  } catch {
    return date.toLocaleString(undefined, style);
  }
}
