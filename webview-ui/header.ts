/** The top of the page: what is shown, of which days, and the controls that change or export it. */
import { createButton, createChoice } from './components.ts';
import { h, setText } from './dom.ts';
import { createFilters } from './filters.ts';
import { formatDays } from './format.ts';
import { type ExportFormat, exportFormats, type Place, type ReportContent, scopes } from './messages.ts';
import { createPeriodPicker } from './period.ts';
import { createSearchBox } from './search.ts';
import { createTabs } from './tabs.ts';
import { texts } from './texts.ts';

export interface HeaderEvents {
  go(change: Partial<Place>): void;
  onDidExport(format: ExportFormat): void;
}

export interface Header {
  readonly element: HTMLElement;
  /** Shows a place without telling the listener. */
  select(place: Place): void;
  update(content: ReportContent, days: readonly string[], canExport: boolean): void;
  focus(): void;
}

const formatTexts: Readonly<Record<ExportFormat, string>> = {
  csv: texts.exportCsv,
  json: texts.exportJson,
  markdown: texts.exportMarkdown,
};

const scopeTexts = { workspace: texts.scopeWorkspace, machine: texts.scopeMachine, team: texts.scopeTeam } as const;

/** A team's sums know no sessions and fewer labels: what can't hold there is let go, not ignored. */
const atTeam: Partial<Place> = { filter: {}, session: null, search: '', explained: null, dimension: 'team' };

export function createHeader(events: HeaderEvents): Header {
  const scope = createChoice(
    texts.scope,
    scopes.map(each => [each, scopeTexts[each]]),
    next => events.go(next === 'team' ? { ...atTeam, scope: next } : { scope: next }),
  );
  const picker = createPeriodPicker(period => events.go({ period }));
  const search = createSearchBox(next => events.go({ search: next }));
  const tabs = createTabs(view => events.go({ view, session: null, search: '' }));
  const filters = createFilters(filter => events.go({ filter }));
  const about = h('p', { class: 'scope' });
  const exports = exportFormats.map(format =>
    createButton(formatTexts[format], () => events.onDidExport(format), {
      label: `${texts.exportAs} ${formatTexts[format]}`,
    }),
  );
  for (const button of exports) {
    button.setEnabled(false);
  }
  const controls = h('div', { class: 'controls' }, search.element, scope.element, picker.element);
  const exporting = h(
    'div',
    { class: 'exports', role: 'group', 'aria-label': texts.exportAs },
    h('span', { class: 'quiet', 'aria-hidden': 'true' }, texts.exportAs),
    ...exports.map(each => each.element),
  );
  return {
    element: h(
      'header',
      {},
      h('div', { class: 'top' }, h('div', { class: 'titles' }, h('h1', {}, texts.title), about), controls),
      h('div', { class: 'bar' }, tabs.element, exporting),
      filters.element,
    ),
    select: place => {
      scope.select(place.scope);
      picker.select(place.period);
      search.select(place.search);
      tabs.select(place.view);
      const isTeam = place.scope === 'team';
      tabs.element.hidden = isTeam;
      search.element.hidden = isTeam;
      filters.update(place.filter);
    },
    update: (content, days, canExport) => {
      const [first, last] = [days[0], days.at(-1)];
      const range = first && last ? formatDays(first, last) : '';
      const { scope: shown } = content.place;
      const name = shown === 'workspace' ? (content.workspace ?? texts.machineLedger) : scopeTexts[shown];
      setText(about, [name, range, content.timeZone].filter(Boolean).join(' · '));
      scope.offer(scopes.filter(each => each !== 'team' || content.hasTeam || shown === 'team'));
      scope.element.hidden = content.workspace === null && !content.hasTeam && shown !== 'team';
      if (first && last) {
        picker.suggest(first, last);
      }
      for (const button of exports) {
        button.setEnabled(canExport);
      }
    },
    focus: picker.focus,
  };
}
