import type { Diagnostics } from '../../api/contract.ts';
import { formatOutline } from '../answers/figures.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';

const recentCalls = 10;

/** `GET /v1/diagnostics`: versions, process, paths, settings in effect and the last calls, without secrets. */
export const diagnosticsRoute: Route = {
  method: 'GET',
  path: '/v1/diagnostics',
  access: 'ledger',
  handle: call => {
    const live = findLedger(call);
    const { version, url } = call.engine.state(live);
    const diagnostics: Diagnostics = {
      version,
      node: process.version,
      sqlite: live.ledger.sqliteVersion,
      prices: live.book.version,
      pid: process.pid,
      uptime_s: Math.round(process.uptime()),
      memory_mb: Math.round(process.memoryUsage.rss() / 1024 / 1024),
      url,
      storage: live.folder,
      database_bytes: live.ledger.size(),
      records: live.ledger.count(),
      settings: live.settings,
      recent: live.ledger.recent(recentCalls).map(formatOutline),
    };
    sendJson(call.response, 200, diagnostics);
  },
};
