import type { ExportFormat, ExportTable, Place } from '../../../webview-ui/messages.ts';
import { dayOf } from '../../core/time/calendar.ts';

/** What was on screen, with where it was. */
export interface ExportedView {
  readonly title: string;
  readonly tables: readonly ExportTable[];
  readonly place: Place;
  /** ISO 8601 in UTC, `to` exclusive. */
  readonly from: string;
  readonly to: string;
  readonly workspace: string | null;
  readonly timeZone: string;
}

/** An exported view as a file's text. */
export function formatExport(view: ExportedView, format: ExportFormat): string {
  switch (format) {
    case 'csv':
      return formatCsv(view.tables);
    case 'json':
      return formatJson(view);
    case 'markdown':
      return formatMarkdown(view);
  }
}

/**
 * Tables as CSV (RFC 4180: CRLF, quotes doubled), with plain values. Several are parted by an empty line, and each is then led by its
 * title. An unknown value or cost is an empty field, never 0.
 */
export function formatCsv(tables: readonly ExportTable[]): string {
  const line = (cells: readonly string[]) => `${cells.join(',')}\r\n`;
  return tables
    .map(({ title, columns, rows }) => {
      const lines = [
        ...(tables.length > 1 ? [[formatTextField(title)]] : []),
        columns.map(({ id }) => formatTextField(id)),
        ...rows.map(row =>
          row.map(cell => (typeof cell === 'number' ? formatDecimal(cell) : formatTextField(cell ?? ''))),
        ),
      ];
      return lines.map(line).join('');
    })
    .join('\r\n');
}

/** Tables as JSON, each row by the ids of its columns, with where they are of. */
export function formatJson({ title, tables, place, from, to, workspace, timeZone }: ExportedView): string {
  const content = {
    title,
    workspace,
    scope: place.scope,
    time_zone: timeZone,
    period: place.period,
    from,
    to,
    filter: place.filter,
    tables: tables.map(({ title: name, columns, rows }) => ({
      title: name,
      rows: rows.map(row => Object.fromEntries(columns.map(({ id }, index) => [id, row[index] ?? null]))),
    })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Tables as they read on screen, to paste in a pull request. */
export function formatMarkdown({ title, tables, from, to, workspace, timeZone, place }: ExportedView): string {
  const filters = Object.entries(place.filter).map(
    ([key, values]) => `${key}: ${values.map(each => each ?? '–').join(', ')}`,
  );
  const about = [workspace, formatDays(from, to, timeZone), timeZone, ...filters].filter(text => text !== null);
  const parts = tables.map(({ title: name, columns, texts }) => {
    const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
    const rule = columns.map(({ isNumber }) => (isNumber ? '--:' : ':--'));
    return [
      `### ${escapeCell(name)}`,
      [line(columns.map(each => each.title)), `| ${rule.join(' | ')} |`, ...texts.map(line)].join('\n'),
    ].join('\n\n');
  });
  return `${[`## ${escapeCell(title)}`, about.map(escapeCell).join(' · '), ...parts].join('\n\n')}\n`;
}

const extensions: Readonly<Record<ExportFormat, string>> = { csv: 'csv', json: 'json', markdown: 'md' };

/** Name for the exported file, of the range's first and last day in the zone. */
export function formatExportName(
  { from, to }: { readonly from: string; readonly to: string },
  view: string,
  zone: string,
  format: ExportFormat,
): string {
  return `spend-lens-${view}-${formatDays(from, to, zone)}.${extensions[format]}`;
}

function formatDays(from: string, to: string, zone: string): string {
  const first = dayOf(Date.parse(from), zone);
  // `to` is exclusive: the last instant within lies a millisecond before it.
  const last = dayOf(Date.parse(to) - 1, zone);
  return first === last ? first : `${first}-to-${last}`;
}

/**
 * A field of text. One that a spreadsheet would run as a formula (it may come from anyone who can post a record) is led by an
 * apostrophe, as OWASP's "CSV injection" advises.
 */
export function formatTextField(text: string): string {
  const safe = /^[\s\0]*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A number without an exponent, to the nano-USD; nothing for null. */
export function formatDecimal(value: number | null): string {
  if (value === null) {
    return '';
  }
  return Number.isInteger(value) ? String(value) : value.toFixed(9).replace(/\.?0+$/, '');
}

/** Text that stays within its cell and is no markup. */
function escapeCell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|#]/g, character => `\\${character}`);
}
