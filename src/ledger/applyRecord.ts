import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Cost } from '../core/cost.ts';
import type { UsageRecord } from '../core/usageRecord.ts';
import type { Calls } from './calls.ts';
import type { CallRow, Change } from './change.ts';
import { isPricedAlike, mergeRecords } from './merge.ts';

type Price = (record: UsageRecord) => Cost;

export interface Applied {
  readonly row: CallRow;
  readonly duplicate: boolean;
  /** What the journal must say; null when the record added nothing. */
  readonly change: Change | null;
}

/** Stores one record: as a new row, or merged into the row or rows that share an id with it. */
export function applyRecord(calls: Calls, record: UsageRecord, price: Price): Applied {
  const known = record.ids.length > 0 ? calls.findByIds(record.ids) : [];
  const [first, ...others] = known;
  const bare: UsageRecord = { ...record, ids: [], cwd: null };
  if (!first) {
    const id = randomBytes(15).toString('base64url');
    return commit(
      calls,
      { id, record: bare, cost: price(record), signals: [record.signal], observations: 1 },
      record.ids,
      [],
    );
  }
  const rows = others.reduce((sum, other) => mergeRows(sum, other, price), first);
  const merged = mergeRecords(rows.record, bare);
  const newIds = calls.unknownIds(record.ids);
  const isRepeat = others.length === 0 && newIds.length === 0 && isDeepStrictEqual(merged, first.record);
  if (isRepeat && first.signals.includes(record.signal)) {
    return { row: first, duplicate: true, change: null };
  }
  const row: CallRow = {
    id: first.id,
    record: merged,
    cost: costOf(merged, [rows], price),
    signals: [...new Set([...rows.signals, record.signal])],
    observations: rows.observations + 1,
  };
  return { ...commit(calls, row, newIds, others), duplicate: true };
}

/** Two rows that turned out to be one call. */
function mergeRows(a: CallRow, b: CallRow, price: Price): CallRow {
  const record = mergeRecords(a.record, b.record);
  return {
    id: a.id,
    record,
    cost: costOf(record, [a, b], price),
    signals: [...new Set([...a.signals, ...b.signals])],
    observations: a.observations + b.observations,
  };
}

/** A row keeps the rate it was priced with for as long as what was priced stays the same. */
function costOf(record: UsageRecord, rows: readonly CallRow[], price: Price): Cost {
  return rows.find(row => isPricedAlike(record, row.record))?.cost ?? price(record);
}

function commit(calls: Calls, row: CallRow, ids: readonly string[], absorbed: readonly CallRow[]): Applied {
  const change: Change = { kind: 'call', row, ids, absorbed: absorbed.map(({ id }) => id) };
  applyCall(calls, change);
  return { row, duplicate: false, change };
}

/** Brings the tables to what a journal line says. Doing so twice changes nothing. */
export function applyCall(calls: Calls, { row, ids, absorbed }: Extract<Change, { kind: 'call' }>): void {
  for (const id of absorbed) {
    calls.absorb(id, row.id);
  }
  calls.put(row, ids);
}
