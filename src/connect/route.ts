/** Where an agent's settings send its telemetry: a full URL with the headers that are set for it. */
export interface Route {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers in the form of `OTEL_EXPORTER_OTLP_HEADERS`: `a=b,c=d`. Claude Code sends the values as they are, not percent-decoded. */
export function parseHeaderList(list: string): Record<string, string> {
  const pairs = list
    .split(',')
    .map(pair => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

/** The texts of a table of headers. */
export function readHeaders(table: unknown): Record<string, string> {
  const entries = typeof table === 'object' && table !== null ? Object.entries(table) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
