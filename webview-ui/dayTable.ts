/** The chart's figures as a table: what a screen reader, a keyboard and a doubtful eye get instead of the picture. */
import { h } from './dom.ts';
import { formatCost, formatDay } from './format.ts';
import type { Cell, DaySeries, Series } from './series.ts';
import { texts } from './texts.ts';

export interface DayTable {
  readonly element: HTMLElement;
  update(data: DaySeries): void;
}

/** Longer ranges are drawn only while they are open: thousands of cells twice a second would be felt. */
const alwaysDrawnDays = 62;

/** The name of a series for people. */
export function formatSeries({ model, isOther }: Pick<Series, 'model' | 'isOther'>): string {
  return isOther ? texts.other : (model ?? texts.none);
}

export function createDayTable(): DayTable {
  const caption = h('caption', { class: 'visually-hidden' }, texts.spendByDay);
  const table = h('table', {}, caption);
  const element = h(
    'details',
    { class: 'day-table' },
    h('summary', {}, texts.asTable),
    h('div', { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': texts.spendByDay }, table),
  );
  let data: DaySeries | null = null;

  const draw = () => {
    if (!data || (!element.open && data.days.length > alwaysDrawnDays)) {
      return;
    }
    const { days, series, totals, total } = data;
    const cell = (value: Cell) => h('td', { class: 'number' }, formatCost(value));
    const header = h(
      'tr',
      {},
      columnHeader(texts.day, 'name'),
      ...series.map(each => columnHeader(formatSeries(each))),
    );
    header.append(columnHeader(texts.total));
    const rows = days.map((day, index) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row', class: 'name' }, formatDay(day)),
        ...[...series.map(each => each.cells[index]), totals[index]].flatMap(each => (each ? [cell(each)] : [])),
      ),
    );
    const footer = h(
      'tr',
      {},
      h('th', { scope: 'row', class: 'name' }, texts.total),
      ...series.map(each => cell(each.total)),
      cell(total),
    );
    table.replaceChildren(caption, h('thead', {}, header), h('tbody', {}, ...rows), h('tfoot', {}, footer));
  };
  element.addEventListener('toggle', draw);

  return {
    element,
    update: next => {
      data = next;
      draw();
    },
  };
}

function columnHeader(text: string, kind: 'name' | 'number' = 'number'): HTMLElement {
  return h('th', { scope: 'col', class: kind }, text);
}
