import { dayOf } from '../../core/time/calendar.ts';
import { findLedger, type Route } from '../http/call.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** Resolves when no copy is being made. */
const underWay = new WeakMap<LiveLedger, Promise<void>>();

/** `GET /v1/database`: a compact copy of the ledger's database, with all that is acknowledged. */
export const databaseRoute: Route = {
  method: 'GET',
  path: '/v1/database',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    const bytes = await copyDatabase(live);
    call.response.writeHead(200, {
      'content-type': 'application/vnd.sqlite3',
      'content-disposition': `attachment; filename="spend-lens-${dayOf(Date.now(), live.zone)}.sqlite"`,
      'content-length': bytes.length,
      'cache-control': 'no-store',
    });
    call.response.end(bytes);
  },
};

/** One after the other: each takes the memory of a database. */
function copyDatabase(live: LiveLedger): Promise<Uint8Array> {
  const before = underWay.get(live) ?? Promise.resolve();
  const copy = before.then(() => live.ledger.exportCopy());
  underWay.set(
    live,
    copy.then(
      () => {},
      () => {},
    ),
  );
  return copy;
}
