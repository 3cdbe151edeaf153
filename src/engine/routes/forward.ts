import * as v from 'valibot';
import type { ForwardHistoryEvent } from '../../api/forwardContract.ts';
import { formatForwarding } from '../forwarding/forwardAnswer.ts';
import { forwardHistory } from '../forwarding/forwardHistory.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { readJson, requireShape } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';
import { parseInstant } from './selection.ts';

const maxBytes = 64 * 1024;
const instant = v.pipe(v.string(), v.nonEmpty());
const historyRequest = v.strictObject({
  destination: v.pipe(v.string(), v.nonEmpty()),
  from: v.optional(instant),
  to: v.optional(instant),
});

/** `GET /v1/forward`: how forwarding goes, destination by destination. */
export const forwardStateRoute: Route = {
  method: 'GET',
  path: '/v1/forward',
  access: 'ledger',
  handle: call => {
    sendJson(call.response, 200, { destinations: formatForwarding(findLedger(call).forwarding.states()) });
  },
};

/** `POST /v1/forward/retry`: tries all destinations now, instead of after the pause. */
export const forwardRetryRoute: Route = {
  method: 'POST',
  path: '/v1/forward/retry',
  access: 'ledger',
  handle: call => {
    findLedger(call).forwarding.retry();
    call.response.writeHead(204).end();
  },
};

/**
 * `POST /v1/forward/history`: sends the stored calls of a range to a destination, whether it had them or not, and tells how far it is,
 * one JSON object per line; who hangs up cancels.
 */
export const forwardHistoryRoute: Route = {
  method: 'POST',
  path: '/v1/forward/history',
  access: 'ledger',
  handle: async call => {
    const { response } = call;
    const live = findLedger(call);
    const asked = requireShape(historyRequest, await readJson(call.request, { maxBytes }));
    const range = {
      fromMs: asked.from === undefined ? 0 : parseInstant('from', asked.from, live.zone),
      toMs: asked.to === undefined ? Date.now() + 1 : parseInstant('to', asked.to, live.zone),
    };
    if (!live.settings.forward.some(({ name }) => name === asked.destination)) {
      const names = live.settings.forward.map(({ name }) => name).join(', ') || 'none';
      throw new HttpProblem(404, `No destination has this name. There are: ${names}.`, { field: 'destination' });
    }
    const cancelling = new AbortController();
    response.on('close', () => cancelling.abort());
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const send = (event: ForwardHistoryEvent) => response.destroyed || response.write(`${JSON.stringify(event)}\n`);
    try {
      for await (const { sent, total } of forwardHistory(live, asked.destination, range, cancelling.signal)) {
        send({ type: 'progress', sent, total });
      }
      send({ type: 'done' });
    } catch (error) {
      send({ type: 'failed', detail: error instanceof Error ? error.message : String(error) });
    }
    response.end();
  },
};
