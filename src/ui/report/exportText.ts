import type { ReportPeriod } from '../../../webview-ui/messages.ts';
import type { Figures, Summary } from '../../api/contract.ts';
import { dayOf } from '../../core/calendar.ts';
import { exportKeys } from './loadReport.ts';

const figureColumns: readonly (keyof Figures)[] = [
  'requests',
  'prompt_tokens',
  'completion_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_usd',
  'unpriced_requests',
  'avg_latency_ms',
];

/** An export as CSV (RFC 4180: CRLF, quotes doubled), one row per group. An unknown value or cost is an empty field, never 0. */
export function formatCsv({ groups }: Summary): string {
  const rows = [
    [...exportKeys, ...figureColumns],
    ...groups.map(group => [
      ...exportKeys.map(key => formatTextField(group.key[key] ?? '')),
      ...figureColumns.map(column => formatDecimal(group[column])),
    ]),
  ];
  return rows.map(row => `${row.join(',')}\r\n`).join('');
}

/** What a JSON export says besides the groups. */
export interface ExportContext {
  readonly period: ReportPeriod;
  readonly workspace: string | null;
  readonly timeZone: string;
}

/** An export as JSON: the engine's own answer, with the workspace and the zone its days are of. */
export function formatJson(
  { from, to, total, groups }: Summary,
  { period, workspace, timeZone }: ExportContext,
): string {
  const content = { workspace, time_zone: timeZone, period, from, to, total, groups };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Name for the exported file, of the range's first and last day in the zone. */
export function formatExportName({ from, to }: Summary, zone: string, format: 'csv' | 'json'): string {
  const first = dayOf(Date.parse(from), zone);
  // `to` is exclusive: the last instant within lies a millisecond before it.
  const last = dayOf(Date.parse(to) - 1, zone);
  return `spend-lens-${first === last ? first : `${first}-to-${last}`}.${format}`;
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
