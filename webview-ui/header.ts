/** The top of the page: what is shown, of which days, and the controls that change or export it. */
import { createButton } from './components.ts';
import { h, setText } from './dom.ts';
import { formatDays } from './format.ts';
import type { ReportContent, ReportPeriod } from './messages.ts';
import { createPeriodPicker } from './period.ts';
import { texts } from './texts.ts';

export interface HeaderEvents {
  onDidChoosePeriod(period: ReportPeriod): void;
  onDidExport(format: 'csv' | 'json'): void;
}

export interface Header {
  readonly element: HTMLElement;
  select(period: ReportPeriod): void;
  /** Whether this period is the one that was chosen last. */
  isSelected(period: ReportPeriod): boolean;
  update(content: ReportContent, days: readonly string[], canExport: boolean): void;
  focus(): void;
}

export function createHeader(initial: ReportPeriod, events: HeaderEvents): Header {
  let selected = initial;
  const picker = createPeriodPicker(period => {
    selected = period;
    events.onDidChoosePeriod(period);
  });
  picker.select(initial);
  const scope = h('p', { class: 'scope' });
  const exports = [
    createButton(texts.exportCsv, () => events.onDidExport('csv')),
    createButton(texts.exportJson, () => events.onDidExport('json')),
  ];
  for (const button of exports) {
    button.setEnabled(false);
  }
  return {
    element: h(
      'header',
      {},
      h('div', { class: 'titles' }, h('h1', {}, texts.title), scope),
      h(
        'div',
        { class: 'controls' },
        picker.element,
        h('div', { class: 'exports' }, ...exports.map(each => each.element)),
      ),
    ),
    select: period => {
      selected = period;
      picker.select(period);
    },
    isSelected: period => JSON.stringify(period) === JSON.stringify(selected),
    update: (content, days, canExport) => {
      const [first, last] = [days[0], days.at(-1)];
      const range = first && last ? formatDays(first, last) : '';
      setText(scope, [content.workspace ?? texts.machineLedger, range, content.timeZone].filter(Boolean).join(' · '));
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
