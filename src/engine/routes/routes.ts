import type { Route } from '../http/call.ts';
import { agentsRoute } from './agents.ts';
import { allowRoute, budgetsRoute } from './budgets.ts';
import { checkRoute } from './check.ts';
import { costsRoute } from './costs.ts';
import { databaseRoute } from './database.ts';
import { deleteRoute } from './delete.ts';
import { diagnosticsRoute } from './diagnostics.ts';
import { estimateRoute } from './estimate.ts';
import { estimatesRoutes } from './estimates.ts';
import { eventsRoute } from './events.ts';
import { forwardHistoryRoute, forwardRetryRoute, forwardStateRoute } from './forward.ts';
import { gatewayRoute } from './gateway.ts';
import { healthzRoute } from './healthz.ts';
import { historyRoute } from './history.ts';
import { findImportsRoute, importRoute } from './import.ts';
import { lateRoute } from './late.ts';
import { metricsRoute } from './metrics.ts';
import { noticesRoute } from './notices.ts';
import { otlpRoutes } from './otlp.ts';
import { recordRoute } from './record.ts';
import { recordsRoute } from './records.ts';
import { rotateTokensRoute } from './rotateTokens.ts';
import { sessionsRoute } from './sessions.ts';
import { shutdownRoute } from './shutdown.ts';
import { summaryRoute } from './summary.ts';
import { teamRoute } from './team.ts';
import { usageRoute } from './usage.ts';
import { deleteWindowRoute, putWindowRoute } from './windows.ts';

/** What any engine answers (docs/http-api.md). */
export const standaloneRoutes: readonly Route[] = [
  // First, because it is what agents wait for.
  gatewayRoute,
  usageRoute,
  ...otlpRoutes,
  estimateRoute,
  checkRoute,
  budgetsRoute,
  allowRoute,
  ...estimatesRoutes,
  historyRoute,
  summaryRoute,
  costsRoute,
  sessionsRoute,
  agentsRoute,
  eventsRoute,
  recordsRoute,
  recordRoute,
  diagnosticsRoute,
  findImportsRoute,
  importRoute,
  deleteRoute,
  forwardStateRoute,
  forwardRetryRoute,
  forwardHistoryRoute,
  teamRoute,
  databaseRoute,
  healthzRoute,
  metricsRoute,
  shutdownRoute,
  rotateTokensRoute,
];

/** What the engine of the VS Code windows answers. */
export const windowModeRoutes: readonly Route[] = [
  ...standaloneRoutes,
  putWindowRoute,
  deleteWindowRoute,
  lateRoute,
  noticesRoute,
];
