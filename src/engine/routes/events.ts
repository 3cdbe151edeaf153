import type { Totals } from '../../api/contract.ts';
import { findLedger, type GrantedCall, type Route } from '../http/call.ts';
import { type EventStream, eventStreamHeaders, openEventStream } from '../http/eventStream.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

/** `GET /v1/events`: server-sent events of one ledger; with `?window=` (admin token) the lease of that window. */
export const eventsRoute: Route = {
  method: 'GET',
  path: '/v1/events',
  access: 'ledger',
  handle: call => {
    const live = findLedger(call);
    if (call.request.method === 'HEAD') {
      call.response.writeHead(200, eventStreamHeaders).end();
      return;
    }
    const stream = openEventStream(call.response);
    stream.send('engine', call.engine.state(live));
    stream.send('totals', showTotals(live.totals(), call));
    stream.onClose(followLedger(live, stream, call));
    const entry = call.engine.windows?.find(call.query.get('window') ?? '');
    if (entry) {
      call.engine.windows?.attach(entry, stream);
    }
  },
};

/** A client that is behind gets the newest totals once it has caught up, and no single records. */
function followLedger(live: LiveLedger, stream: EventStream, call: GrantedCall): () => void {
  const { engine } = call;
  let isOwedTotals = false;
  stream.onDrain(() => {
    if (isOwedTotals) {
      isOwedTotals = false;
      live.news.touch();
    }
  });
  return live.news.subscribe({
    onDismissed: stream.close,
    onThreshold: event => stream.send('threshold', event),
    onEngine: () => stream.send('engine', engine.state(live)),
    onRecord: record => {
      if (!stream.isBehind) {
        stream.send('record', record);
      }
    },
    onTotals: totals => {
      isOwedTotals = stream.isBehind;
      if (!stream.isBehind) {
        stream.send('totals', showTotals(totals, call));
      }
    },
  });
}

/** The sums of all ledgers are not an ingest token's to read. */
function showTotals({ machine, ...own }: Totals, { access }: GrantedCall): Totals {
  return access.isAdmin && machine !== undefined ? { ...own, machine } : own;
}
