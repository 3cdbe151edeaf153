import { type Route, sendJson } from '../http/call.ts';

/** `POST /v1/shutdown`: flushes and leaves, e.g. for a newer engine. */
export const shutdownRoute: Route = {
  method: 'POST',
  path: '/v1/shutdown',
  access: 'admin',
  handle: ({ engine, response }) => {
    sendJson(response, 202, { status: 'leaving' }, { connection: 'close' });
    engine.stop('asked by POST /v1/shutdown', true);
  },
};
