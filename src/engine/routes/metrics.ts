import type { Route } from '../http/call.ts';

/**
 * `GET /metrics`: Prometheus' text format. An ingest token sees its ledger; the admin token and the one for metrics see all ledgers
 * of the user, each call once.
 */
export const metricsRoute: Route = {
  method: 'GET',
  path: '/metrics',
  access: 'metrics',
  handle: async ({ engine, access, response }) => {
    const text = await engine.metrics.expose(access);
    response.writeHead(200, {
      'content-type': engine.metrics.contentType,
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  },
};
