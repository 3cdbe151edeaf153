import type { Route } from '../http/call.ts';

/** `/gateway/{provider}/…`, any method: passes the request on to the provider (docs/gateway.md). */
export const gatewayRoute: Route = {
  method: 'ANY',
  path: '/gateway/*',
  access: 'ledger',
  handle: call => call.engine.gateway.pass(call),
};
