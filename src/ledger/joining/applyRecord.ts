import { isDeepStrictEqual } from 'node:util';
import type { Labels } from '../../contributions.ts';
import { addLabels, removeLabels, restoreLabels } from '../../core/labels.ts';
import type { Cost } from '../../core/prices/cost.ts';
import { hasCallId, type UsageRecord } from '../../core/usageRecord.ts';
import type { CallRow, Change } from '../tables/change.ts';
import type { Tables } from '../tables/tables.ts';
import { isPricedAlike, mergeRecords } from './merge.ts';
import { observe } from './observations.ts';

type Price = (record: UsageRecord) => Cost;
type CallChange = Extract<Change, { kind: 'call' }>;

export interface Applied {
  readonly row: CallRow;
  readonly duplicate: boolean;
  /** What the journal must say; null when the record added nothing. */
  readonly change: Change | null;
}

/** Stores one record: as a new row, or merged into the row or rows that are the same call. `labels` fill what no report of it says. */
export function applyRecord(tables: Tables, record: UsageRecord, price: Price, labels: Labels = {}): Applied {
  const known = findSameCall(tables, record);
  if (known.length > 0) {
    return joinRows(tables, known, record, price, labels);
  }
  const covering = tables.spans.findCovering(record);
  return covering ? { row: covering, duplicate: true, change: null } : addRow(tables, addLabels(record, labels), price);
}

/** The rows of the same call: by an id in common, else the one other report that must be it. */
function findSameCall({ calls, spans }: Tables, record: UsageRecord): CallRow[] {
  const byIds = record.ids.length > 0 ? calls.findByIds(record.ids) : [];
  const joinable = byIds.length === 0 ? byIds : findJoinable(byIds, record);
  const twin = joinable.length === 0 ? spans.findTwin(record) : undefined;
  return twin ? [twin] : joinable;
}

/** Two exchanges of a gateway are two calls, whatever their provider calls them: another report belongs to the nearest of them. */
function findJoinable(rows: readonly CallRow[], record: UsageRecord): CallRow[] {
  const exchanges = rows.filter(row => row.signals.includes('gateway'));
  const others = rows.filter(row => !exchanges.includes(row));
  if (record.signal === 'gateway' || exchanges.length === 0) {
    return others;
  }
  const distance = (row: CallRow) => Math.abs(row.record.timestamp - record.timestamp);
  const nearest = exchanges.reduce((best, row) => (distance(row) < distance(best) ? row : best));
  return rows.filter(row => row === nearest || others.includes(row));
}

function addRow(tables: Tables, record: UsageRecord, price: Price): Applied {
  const row: CallRow = {
    id: tables.calls.newId(record.timestamp),
    record: strip(record),
    cost: price(record),
    signals: [record.signal],
    observations: 1,
  };
  const outdated = tables.spans.findOutdatedMetrics(record);
  return commit(tables, false, {
    kind: 'call',
    row,
    ids: record.ids,
    absorbed: outdated.map(({ id }) => id),
    ...sightingOf(tables, record),
  });
}

function joinRows(
  tables: Tables,
  known: readonly CallRow[],
  record: UsageRecord,
  price: Price,
  labels: Labels,
): Applied {
  const [first, ...others] = known as [CallRow, ...CallRow[]];
  const [said, ...othersSaid] = known.map(row => ({ ...row, record: removeLabels(row.record, labels) })) as [
    CallRow,
    ...CallRow[],
  ];
  const rows = othersSaid.reduce((sum, other) => mergeRows(sum, other, price), said);
  // A row keeps the time it was first stored with, so that a better report never moves spend into another day.
  const merged = {
    // A repeat gives no labels to a row that was stored without.
    ...restoreLabels(
      mergeRecords(rows.record, strip(record)),
      known.map(row => row.record),
    ),
    timestamp: first.record.timestamp,
  };
  const newIds = tables.calls.unknownIds(record.ids);
  // The row may be older than the metric, and only now be known to be of its session.
  const outdated = tables.spans.findOutdatedMetrics(record).filter(({ id }) => known.every(row => row.id !== id));
  const absorbed = [...others, ...outdated].map(({ id }) => id);
  const addsNothing = absorbed.length === 0 && newIds.length === 0 && isDeepStrictEqual(merged, first.record);
  if (addsNothing && first.signals.includes(record.signal)) {
    return { row: first, duplicate: true, change: null };
  }
  const seen = known.flatMap(row => tables.observationsOf(row));
  const row: CallRow = {
    id: first.id,
    record: merged,
    cost: costOf(merged, [rows], price),
    signals: [...new Set([...rows.signals, record.signal])],
    observations: seen.length + 1,
  };
  return commit(tables, true, {
    kind: 'call',
    row,
    ids: newIds,
    absorbed,
    observations: [...seen, observe(record)],
    ...sightingOf(tables, record),
  });
}

/** A record as its row holds it: without what is kept elsewhere or not at all, and showing an id wherever it has one. */
function strip(record: UsageRecord): UsageRecord {
  const requestId = record.requestId ?? record.ids.find(id => hasCallId([id])) ?? null;
  return { ...record, requestId, ids: [], cwd: null };
}

/** Two rows that turned out to be one call. */
function mergeRows(a: CallRow, b: CallRow, price: Price): CallRow {
  const record = { ...mergeRecords(a.record, b.record), timestamp: a.record.timestamp };
  const signals = [...new Set([...a.signals, ...b.signals])];
  return {
    id: a.id,
    record,
    cost: costOf(record, [a, b], price),
    signals,
    observations: a.observations + b.observations,
  };
}

/** A row keeps the rate it was priced with for as long as what was priced stays the same. */
function costOf(record: UsageRecord, rows: readonly CallRow[], price: Price): Cost {
  return rows.find(row => isPricedAlike(record, row.record))?.cost ?? price(record);
}

function sightingOf({ spans }: Tables, record: UsageRecord): Pick<CallChange, 'sighting'> {
  const sighting = spans.sightingOf(record);
  return sighting ? { sighting } : {};
}

function commit(tables: Tables, duplicate: boolean, change: CallChange): Applied {
  tables.apply(change);
  return { row: change.row, duplicate, change };
}
