/** The report page: builds its parts, asks the host for content and hands it round. */
import './report.css';
import { acquireHost } from './host.ts';
import { ContentLoader } from './loader.ts';
import type { ExportFormat, Place, ReportState } from './messages.ts';
import { parseState } from './state.ts';
import { texts } from './texts.ts';
import { createView } from './view.ts';

const host = acquireHost();
let state: ReportState = parseState(host.readState());
const keep = (change: Partial<ReportState>) => {
  state = { ...state, ...change };
  host.writeState(state);
};

const go = (change: Partial<Place>) => {
  const place = { ...state.place, ...change };
  if (JSON.stringify(place) !== JSON.stringify(state.place)) {
    keep({ place });
    view.showPlace(place);
    loader.load(place);
  }
};

const exportAs = (format: ExportFormat) => {
  const { view: name, session } = state.place;
  host.post({ type: 'export', format, title: session ?? texts[name], tables: view.export() });
};

const view = createView(state, {
  go,
  onDidSort: (table, sort) => keep({ sorts: { ...state.sorts, [table]: sort } }),
  onDidRetry: () => loader.load(),
  onDidExport: exportAs,
  run: (command, model) => host.post({ type: 'run', command, ...(model !== undefined && { model }) }),
});

const loader = new ContentLoader(state.place, host.post, {
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
    case 'show':
      go(message.place);
      break;
    case 'export':
      exportAs(message.format);
      break;
  }
});

document.getElementById('report')?.replaceChildren(...view.elements);
// The last state is what a serializer gets back after a reload, so even an untouched page leaves one.
host.writeState(state);
host.post({ type: 'ready' });
loader.load();
