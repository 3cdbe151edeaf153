import { parseLate } from '../gateway/parseLate.ts';
import { type Route, sendJson } from '../http/call.ts';
import { readJson } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';
import { throwStorageProblem } from '../ledgers/storageProblem.ts';

/** `POST /v1/late`: an engine that has left tells what the gateway calls used that outlasted it. Between engines only. */
export const lateRoute: Route = {
  method: 'POST',
  path: '/v1/late',
  access: 'ledger',
  handle: async ({ request, response, access }) => {
    const late = parseLate(await readJson(request));
    if (late === null) {
      throw new HttpProblem(400, 'The body must be what an engine sends that has left.', { field: 'body' });
    }
    await access.ledger.append(late.records).catch(throwStorageProblem('nothing was stored'));
    await access.ledger.appendFailed(late.failed).catch(throwStorageProblem('failed calls were not stored'));
    sendJson(response, 200, { accepted: late.records.length + late.failed.length });
  },
};
