import { formatDetail } from '../answers/recordDetail.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** `GET /v1/records/{id}`: one call with its rate, how its cost comes about, and the reports that made it. */
export const recordRoute: Route = {
  method: 'GET',
  path: '/v1/records/:id',
  access: 'ledger',
  handle: call => {
    const id = call.params.id ?? '';
    for (const { ledger } of readableLedgers(call)) {
      const row = ledger.call(id);
      if (row) {
        return sendJson(call.response, 200, formatDetail(row, ledger.observations(row.id)));
      }
    }
    throw new HttpProblem(404, 'No call has this id: it may be another call now, dropped by retention, or deleted.', {
      field: 'id',
    });
  },
};

/** The token's ledger; with the admin token all that are open, since the id says which. */
function readableLedgers(call: GrantedCall): readonly LiveLedger[] {
  const own = findLedger(call);
  return call.access.isAdmin ? [own, ...call.engine.ledgers()] : [own];
}
