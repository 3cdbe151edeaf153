import type { LedgerOptions } from './ledger.ts';
import type { CallRow, Change } from './tables/change.ts';
import type { Tables } from './tables/tables.ts';
import type { Work } from './writer.ts';

/** Calls priced in one transaction. */
const chunk = 500;

/** Prices the calls that are stored as `unpriced` and now have a rate; resolves with how many. Throws `StorageError`. */
export async function priceWaiting(
  tables: Tables,
  price: LedgerOptions['price'],
  submit: <T>(work: Work<T>) => Promise<T>,
): Promise<number> {
  let priced = 0;
  for (const bucket of tables.calls.findUnpricedBuckets()) {
    for (let offset = 0, seen = chunk; seen === chunk; ) {
      const done = await submit(() => {
        const rows = tables.calls.findUnpriced(bucket, chunk, offset);
        const changes = rows.flatMap(row => priceAgain(tables, row, price));
        return { result: { seen: rows.length, priced: changes.length }, changes };
      });
      seen = done.seen;
      offset += done.seen - done.priced;
      priced += done.priced;
    }
  }
  return priced;
}

function priceAgain(tables: Tables, row: CallRow, price: LedgerOptions['price']): Change[] {
  const cost = price(row.record);
  if (cost.basis === 'unpriced') {
    return [];
  }
  const change: Change = { kind: 'call', row: { ...row, cost }, ids: [], absorbed: [] };
  tables.apply(change);
  return [change];
}
