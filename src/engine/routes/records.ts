import { findLedger, type Route, sendJson } from '../call.ts';
import { formatOutline } from '../figures.ts';
import { HttpProblem } from '../problem.ts';

const defaultLimit = 20;
const maxLimit = 1000;

/** `GET /v1/records?limit=`: outlines of the newest calls. */
export const recordsRoute: Route = {
  method: 'GET',
  path: '/v1/records',
  access: 'ledger',
  handle: call => {
    const limit = parseLimit(call.query.get('limit'));
    sendJson(call.response, 200, { records: findLedger(call).ledger.recent(limit).map(formatOutline) });
  },
};

function parseLimit(text: string | null): number {
  const limit = text === null ? defaultLimit : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > maxLimit) {
    throw new HttpProblem(400, `limit must be a whole number from 1 to ${maxLimit}.`, { field: 'limit' });
  }
  return limit;
}
