import { readHistory } from '../estimates/callHistory.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';

/** `GET /v1/history`: what past calls of the ledger were like, to predict the next one. */
export const historyRoute: Route = {
  method: 'GET',
  path: '/v1/history',
  access: 'ledger',
  handle: call => {
    const { ledger } = findLedger(call);
    const question = {
      model: readOne(call.query, 'model'),
      taskType: readOne(call.query, 'task_type'),
      agent: readOne(call.query, 'agent'),
    };
    sendJson(call.response, 200, readHistory(ledger, question, Date.now()));
  },
};

function readOne(query: URLSearchParams, field: string): string | null {
  const values = query.getAll(field);
  if (values.length > 1) {
    throw new HttpProblem(400, `${field} is given more than once.`, { field });
  }
  return values[0]?.trim() || null;
}
