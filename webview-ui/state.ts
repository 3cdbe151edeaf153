/** What the page keeps over a reload, and what a link asks for: read with care, since another version may have written it. */
import { type Filter, type FilterKey, filterKeys } from '../src/core/filter.ts';
import { isDay } from './days.ts';
import {
  type Explained,
  intervals,
  type Place,
  type ReportPeriod,
  type ReportState,
  scopes,
  stacks,
  type TableSort,
  viewNames,
} from './messages.ts';

export type NamedPeriod = Extract<ReportPeriod, { kind: 'named' }>['name'];

export const namedPeriods = ['today', 'week', '7d', 'month', '30d'] as const satisfies readonly NamedPeriod[];

export const defaultPlace: Place = {
  view: 'overview',
  scope: 'workspace',
  period: { kind: 'named', name: '7d' },
  filter: {},
  dimension: 'model',
  stack: 'model',
  interval: 'auto',
  session: null,
  search: '',
  explained: null,
};

/** More than a link or a person puts together. */
const maxValues = 100;
export const maxText = 500;

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
  return { place: { ...defaultPlace, ...parsePlace(kept.place) }, sorts };
}

/** The parts of a place that are ones. */
export function parsePlace(value: unknown): Partial<Place> {
  const { view, scope, period, filter, dimension, stack, interval, session, search, explained } = asRecord(value);
  const parsedPeriod = parsePeriod(period);
  const parsedFilter = parseFilter(filter);
  const parsedExplained = explained === null ? null : parseExplained(explained);
  return {
    ...keep('view', find(viewNames, view)),
    ...keep('scope', find(scopes, scope)),
    ...keep('period', parsedPeriod ?? undefined),
    ...keep('filter', parsedFilter ?? undefined),
    ...keep('dimension', find<FilterKey>(filterKeys, dimension)),
    ...keep('stack', find(stacks, stack)),
    ...keep('interval', find(intervals, interval)),
    ...keep('session', session === null || isText(session) ? session : undefined),
    ...keep('search', isText(search) ? search : undefined),
    ...keep('explained', parsedExplained),
  };
}

/** A period of the page; null for anything that is none. */
export function parsePeriod(period: unknown): ReportPeriod | null {
  const { kind, name, from, to } = asRecord(period);
  if (kind === 'named') {
    const known = find(namedPeriods, name);
    return known ? { kind, name: known } : null;
  }
  return kind === 'custom' && isText(from) && isText(to) && isDay(from) && isDay(to) && from < to
    ? { kind, from, to }
    : null;
}

function parseExplained(value: unknown): Explained | undefined {
  const { kind, label, filter, id } = asRecord(value);
  if (kind === 'record' && isText(id)) {
    return { kind, id };
  }
  const parsed = parseFilter(filter);
  return kind === 'calls' && isText(label) && parsed ? { kind, label, filter: parsed } : undefined;
}

function parseFilter(value: unknown): Filter | null {
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  const entries = Object.entries(value).flatMap(([key, values]) => {
    const known = find<FilterKey>(filterKeys, key);
    const isList = Array.isArray(values) && values.length > 0 && values.length <= maxValues;
    return known && isList && values.every(each => each === null || isText(each)) ? [[known, values]] : [];
  });
  return Object.fromEntries(entries);
}

function keep<K extends keyof Place>(key: K, value: Place[K] | undefined): Partial<Place> {
  return value === undefined ? {} : { [key]: value };
}

function find<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find(each => each === value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxText;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
