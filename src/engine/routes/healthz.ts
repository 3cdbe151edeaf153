import type { Health } from '../../api/contract.ts';
import { type Route, sendJson } from '../http/call.ts';

/** `GET /healthz`: alive, which version, when the newest call was made. No token needed, no figures. */
export const healthzRoute: Route = {
  method: 'GET',
  path: '/healthz',
  access: 'none',
  handle: ({ engine, response }) => {
    const times = engine.ledgers().flatMap(({ ledger }) => ledger.recent(1).map(call => call.timestamp));
    const health: Health = {
      status: 'ok',
      version: engine.version,
      last_record: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    };
    sendJson(response, 200, health);
  },
};
