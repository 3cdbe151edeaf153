/** The report page: builds its parts, asks the host for content and hands it round. */
import './report.css';
import { acquireHost } from './host.ts';
import { ContentLoader } from './loader.ts';
import type { ReportState } from './messages.ts';
import { parseState } from './state.ts';
import { createView } from './view.ts';

const host = acquireHost();
let state: ReportState = parseState(host.readState());
const keep = (change: Partial<ReportState>) => {
  state = { ...state, ...change };
  host.writeState(state);
};

const view = createView(state, {
  onDidChoosePeriod: period => {
    keep({ period });
    view.showPeriod(period);
    loader.load(period);
  },
  onDidSort: (table, sort) => keep({ sorts: { ...state.sorts, [table]: sort } }),
  onDidRetry: () => loader.load(),
  onDidExport: format => host.post({ type: 'export', format }),
  onDidRun: (command, model) => host.post({ type: 'run', command, ...(model !== undefined && { model }) }),
});

const loader = new ContentLoader(state.period, host.post, {
  onDidStart: view.showLoading,
  onDidLoad: view.showContent,
  onDidFail: view.showFailure,
});

host.onDidReceive(message => {
  switch (message.type) {
    case 'content':
    case 'failed':
      loader.receive(message);
      break;
    case 'changed':
      loader.refresh();
      break;
    case 'engine':
      if (view.showEngine(message.running)) {
        loader.load();
      }
      break;
  }
});

document.getElementById('report')?.replaceChildren(...view.elements);
// The last state is what a serializer gets back after a reload, so even an untouched page leaves one.
host.writeState(state);
host.post({ type: 'ready' });
loader.load();
