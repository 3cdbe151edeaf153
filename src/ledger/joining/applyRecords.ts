import type { Labels } from '../../contributions.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { LedgerOptions } from '../ledger.ts';
import type { Change } from '../tables/change.ts';
import type { Tables } from '../tables/tables.ts';
import type { Done, Work } from '../writer.ts';
import { type Applied, applyRecord } from './applyRecord.ts';

/** Records stored in one step; others get their turn between steps. */
const stepRecords = 50;

/** The work of storing records: many of them in steps. */
export function applyRecords(
  tables: Tables,
  records: readonly UsageRecord[],
  { price, labels }: Pick<LedgerOptions, 'price' | 'labels'>,
): ReturnType<Work<Applied[]>> {
  return records.length > stepRecords
    ? applyInSteps(tables, records, price, labels)
    : applyAll(tables, records, price, labels?.());
}

function applyAll(
  tables: Tables,
  records: readonly UsageRecord[],
  price: LedgerOptions['price'],
  labels: Labels | undefined,
): Done<Applied[]> {
  const rows = records.map(record => applyRecord(tables, record, price, labels));
  return { result: rows, changes: rows.flatMap(({ change }) => change ?? []) };
}

function* applyInSteps(
  tables: Tables,
  records: readonly UsageRecord[],
  price: LedgerOptions['price'],
  labels: LedgerOptions['labels'],
): Generator<void, Done<Applied[]>, void> {
  const rows: Applied[] = [];
  const changes: Change[] = [];
  for (let start = 0; start < records.length; start += stepRecords) {
    const done = applyAll(tables, records.slice(start, start + stepRecords), price, labels?.());
    rows.push(...done.result);
    changes.push(...done.changes);
    yield;
  }
  return { result: rows, changes };
}
