/** All that is on screen and which of it is shown: loading, a view, nothing to show, failed, engine away. */
import { createAnnouncer } from './announcer.ts';
import { toCell } from './chart/series.ts';
import { daysOfRange } from './days.ts';
import { h } from './dom.ts';
import { createEmptyState } from './empty.ts';
import { createExplain } from './explain/explain.ts';
import { formatCost, formatCount, plural } from './format.ts';
import { createHeader } from './header.ts';
import { createLimits } from './limits.ts';
import { answerWithinMs, type LoadReason } from './loader.ts';
import type {
  Connection,
  ExportFormat,
  ExportTable,
  Place,
  ReportContent,
  ReportState,
  ViewContent,
} from './messages.ts';
import { createNotice } from './notice.ts';
import { formatPeriod } from './period.ts';
import { tabPanelId } from './tabs.ts';
import { fill, texts } from './texts.ts';
import { createBudgets } from './views/budgets.ts';
import { createEstimates } from './views/estimates.ts';
import { createOverview } from './views/overview.ts';
import { createSearch } from './views/search.ts';
import { createSession } from './views/session.ts';
import { createSessions } from './views/sessions.ts';
import { createTeam, describeTeam } from './views/team.ts';
import type { PageEvents, ViewPart } from './views/viewPart.ts';

export interface ViewEvents extends PageEvents {
  onDidRetry(): void;
  onDidExport(format: ExportFormat): void;
}

export interface View {
  readonly elements: readonly HTMLElement[];
  /** The place that is asked for, before its content is there. */
  showPlace(place: Place): void;
  showLoading(reason: LoadReason): void;
  showContent(content: ReportContent, connection: Connection, reason: LoadReason): void;
  /** `error` is null when no answer came. */
  showFailure(error: string | null): void;
  /** Gives whether the engine has come back. */
  showEngine(isRunning: boolean): boolean;
  /** The tables on screen. */
  export(): ExportTable[];
}

type Parts = { readonly [Kind in ViewContent['kind']]: ViewPart<Extract<ViewContent, { kind: Kind }>> };

export function createView(state: ReportState, events: ViewEvents): View {
  const sorts = state.sorts ?? {};
  const header = createHeader(events);
  const parts: Parts = {
    overview: createOverview(sorts, events),
    sessions: createSessions(sorts, events),
    session: createSession(events),
    budgets: createBudgets(sorts, events),
    estimates: createEstimates(sorts, events),
    search: createSearch(sorts, events),
    team: createTeam(sorts, events),
  };
  const explain = createExplain(events);
  const empty = createEmptyState(
    () => events.run('copyConnectionSettings'),
    change => events.go(change),
  );
  const limits = createLimits(command => events.run(command));
  const failure = createNotice(texts.retry, events.onDidRetry);
  const engine = createNotice(texts.restart, () => events.run('restartEngine'));
  const announcer = createAnnouncer();
  const loading = h('p', { class: 'loading' }, texts.loading);
  const panel = h('div', { id: tabPanelId, role: 'tabpanel' }, ...Object.values(parts).map(({ element }) => element));
  const main = h('main', {}, loading, panel, empty.element);
  let wanted = state.place;
  let drawn: Place | null = null;
  let kind: ViewContent['kind'] | null = null;
  let isEngineAway = false;

  const showPart = (next: ViewContent['kind'] | null) => {
    kind = next;
    panel.hidden = next === null;
    for (const [name, { element }] of Object.entries(parts)) {
      element.hidden = name !== next;
    }
  };
  showPart(null);
  empty.element.hidden = true;
  header.select(state.place);
  panel.setAttribute('aria-labelledby', `tab-${state.place.view}`);

  const settle = () => main.removeAttribute('aria-busy');
  return {
    elements: [
      header.element,
      engine.element,
      failure.element,
      limits.element,
      main,
      explain.element,
      announcer.element,
    ],
    showPlace: place => {
      wanted = place;
      header.select(place);
      panel.setAttribute('aria-labelledby', `tab-${place.view}`);
    },
    showLoading: reason => {
      if (reason === 'user') {
        main.setAttribute('aria-busy', 'true');
      }
    },
    showContent: (content, connection, reason) => {
      settle();
      if (failure.hide()) {
        header.focus();
      }
      const { view } = content;
      const isEmpty = hasNothing(view);
      // The first call of a period is news, like a choice: what was said before would no longer be true.
      const isNews = reason === 'user' || isEmpty === empty.element.hidden;
      drawn = content.place;
      loading.hidden = true;
      empty.element.hidden = !isEmpty;
      header.update(content, daysOfRange(content, content.timeZone), !isEmpty);
      limits.update(content.limits);
      showPart(isEmpty ? null : view.kind);
      if (isEmpty) {
        empty.update(content, connection);
      } else {
        (parts[view.kind] as ViewPart).update(view, content);
      }
      explain.update(content);
      announcer.announce(isEmpty ? texts.nothingInPeriod : describe(content), isNews ? 'user' : 'live');
    },
    showFailure: error => {
      settle();
      loading.hidden = true;
      const isStillTrue = drawn !== null && JSON.stringify(drawn) === JSON.stringify(wanted);
      if (!isStillTrue) {
        showPart(null);
        empty.element.hidden = true;
        drawn = null;
      }
      if (!isEngineAway) {
        const reason = error ?? fill(texts.noAnswer, formatCount(answerWithinMs / 1000));
        failure.show(isStillTrue ? texts.refreshFailed : texts.loadFailed, reason);
      }
    },
    showEngine: isRunning => {
      const isBack = isRunning && isEngineAway;
      isEngineAway = !isRunning;
      if (isRunning) {
        if (engine.hide()) {
          header.focus();
        }
      } else {
        failure.hide();
        engine.show(texts.engineAway);
      }
      return isBack;
    },
    export: () => explain.export() ?? (kind === null ? [] : parts[kind].export()),
  };
}

/** Whether a view of calls has none. Budgets and estimates have their own words for nothing, and so has a search. */
function hasNothing(view: ViewContent): boolean {
  switch (view.kind) {
    case 'overview':
      return view.summary.total.requests === 0;
    case 'sessions':
      return view.sessions.sessions.length === 0;
    case 'session':
      return view.session === null && view.records.length === 0;
    default:
      return false;
  }
}

/** What is on screen now, in a sentence to be read out. */
function describe({ place, view }: ReportContent): string {
  switch (view.kind) {
    case 'overview': {
      const { total } = view.summary;
      const requests = plural(total.requests, texts.requestCountOne, texts.requestCountOther);
      return fill(texts.announce, formatPeriod(place.period), formatCost(toCell(total)), requests);
    }
    case 'search':
      return `${texts.searchResults}: ${plural(view.found.length, texts.rowCountOne, texts.rowCountOther)}`;
    case 'sessions':
      return `${texts.sessions}: ${plural(view.sessions.sessions.length, texts.rowCountOne, texts.rowCountOther)}`;
    case 'session':
      return `${texts.session} ${place.session ?? ''}: ${plural(view.records.length, texts.requestCountOne, texts.requestCountOther)}`;
    case 'budgets':
      return `${texts.budgets}: ${plural(view.budgets.length, texts.rowCountOne, texts.rowCountOther)}`;
    case 'team':
      return describeTeam(view);
    case 'estimates':
      return `${texts.estimates}: ${plural(view.accuracy.groups.length, texts.rowCountOne, texts.rowCountOther)}`;
  }
}
