import type { SessionFigures, Sessions } from '../../api/contract.ts';
import { mergeSessions, type SessionOutline } from '../../ledger/sums/sessions.ts';
import { formatFigures } from '../answers/figures.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { formatRange, isMachineWide, parseCount, parseFilter, parseRange } from './selection.ts';

/** `GET /v1/sessions`: the sessions of a range, the latest first. */
export const sessionsRoute: Route = {
  method: 'GET',
  path: '/v1/sessions',
  access: 'ledger',
  handle: async call => {
    const { ledger, zone } = findLedger(call);
    const range = parseRange(call.query, Date.now(), zone);
    const filter = parseFilter(call.query);
    const limit = parseCount(call.query, 'limit', { least: 1, most: 10_000, otherwise: 1000 });
    const machine = isMachineWide(call) ? call.engine.machineSums : null;
    const groups = machine
      ? (await machine.group(range, ['session_id'], zone, filter)).groups
      : ledger.group(range, ['session_id'], zone, filter);
    const outlines = machine
      ? mergeSessions((await machine.collect(range, each => each.sessions(range, filter))).parts.flat())
      : ledger.sessions(range, filter);
    const outlineOf = new Map(outlines.map(outline => [outline.sessionId, outline]));
    const answer: Sessions = {
      ...formatRange(range),
      sessions: groups
        .map(({ key, sums }): SessionFigures => {
          const id = key.session_id ?? null;
          return { session_id: id, ...formatOutline(outlineOf.get(id)), ...formatFigures(sums) };
        })
        .sort((a, b) => compareTexts(b.last_record, a.last_record) || compareTexts(a.session_id, b.session_id))
        .slice(0, limit),
    };
    sendJson(call.response, 200, answer);
  },
};

function formatOutline(outline: SessionOutline | undefined) {
  return {
    first_record: outline ? new Date(outline.firstMs).toISOString() : null,
    last_record: outline ? new Date(outline.lastMs).toISOString() : null,
    agents: [...(outline?.agents ?? [])].sort(),
    models: [...(outline?.models ?? [])].sort(),
    task_types: [...(outline?.taskTypes ?? [])].sort(),
    branches: [...(outline?.branches ?? [])].sort(),
  };
}

function compareTexts(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0;
}
