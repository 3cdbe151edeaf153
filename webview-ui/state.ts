/** What the page keeps over a reload: read with care, since an older version of the page may have written it. */
import { isDay } from './days.ts';
import type { ReportPeriod, ReportState, TableSort } from './messages.ts';

export type NamedPeriod = Extract<ReportPeriod, { kind: 'named' }>['name'];

export const namedPeriods = ['today', '7d', '30d', 'month'] as const satisfies readonly NamedPeriod[];

export const defaultPeriod: ReportPeriod = { kind: 'named', name: '7d' };

/** The state as far as it can be understood; the rest is as if it had never been kept. */
export function parseState(state: unknown): ReportState {
  const kept = asRecord(state);
  const sorts: Record<string, TableSort> = {};
  for (const [table, sort] of Object.entries(asRecord(kept.sorts))) {
    const { column, descending } = asRecord(sort);
    if (typeof column === 'string' && typeof descending === 'boolean') {
      sorts[table] = { column, descending };
    }
  }
  return { period: parsePeriod(kept.period) ?? defaultPeriod, sorts };
}

function parsePeriod(period: unknown): ReportPeriod | null {
  const { kind, name, from, to } = asRecord(period);
  if (kind === 'named') {
    const known = namedPeriods.find(each => each === name);
    return known ? { kind, name: known } : null;
  }
  return kind === 'custom' && isDayText(from) && isDayText(to) && from < to ? { kind, from, to } : null;
}

function isDayText(value: unknown): value is string {
  return typeof value === 'string' && isDay(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
