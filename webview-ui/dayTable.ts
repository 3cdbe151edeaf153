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
    // The total stands first, where it is in view however many models there are.
    const createLine = (name: string, cells: readonly (Cell | undefined)[]) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row', class: 'name' }, name),
        ...cells.flatMap(each => (each ? [h('td', { class: 'number' }, formatCost(each))] : [])),
      );
    const header = h('tr', {}, columnHeader(texts.day, 'name'), columnHeader(texts.total));
    header.append(...series.map(each => columnHeader(formatSeries(each))));
    const rows = days.map((day, index) =>
      createLine(formatDay(day), [totals[index], ...series.map(each => each.cells[index])]),
    );
    const footer = createLine(texts.total, [total, ...series.map(each => each.total)]);
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
