/** The chart's figures as a table: what a screen reader, a keyboard and a doubtful eye get instead of the picture. */
import { h, setText } from '../dom.ts';
import { formatCost, formatSlot } from '../format.ts';
import type { ExportTable } from '../messages.ts';
import { texts } from '../texts.ts';
import type { Cell, Series, TimeSeries } from './series.ts';

export interface SeriesTable {
  readonly element: HTMLElement;
  update(data: TimeSeries, title: string): void;
}

/** The name of a series for people. */
export function formatSeries({ name, isOther }: Pick<Series, 'name' | 'isOther'>): string {
  return isOther ? texts.other : (name ?? texts.none);
}

export function createSeriesTable(): SeriesTable {
  const caption = h('caption', { class: 'visually-hidden' });
  const table = h('table', {}, caption);
  const scroller = h('div', { class: 'scroller', tabindex: '0', role: 'group' }, table);
  const element = h('details', { class: 'series-table' }, h('summary', {}, texts.asTable), scroller);
  let data: TimeSeries | null = null;

  const draw = () => {
    // Nobody sees it while it is closed, and it has many cells.
    if (!data || !element.open) {
      return;
    }
    const { slots, series, totals, total } = data;
    const isOneDay = isWithinDay(slots);
    // The total stands first, where it is in view however many columns there are.
    const createLine = (name: string, cells: readonly (Cell | undefined)[]) =>
      h(
        'tr',
        {},
        h('th', { scope: 'row', class: 'name' }, name),
        ...cells.flatMap(each => (each ? [h('td', { class: 'number' }, formatCost(each))] : [])),
      );
    const header = h('tr', {}, columnHeader(texts.time, 'name'), columnHeader(texts.total));
    header.append(...series.map(each => columnHeader(formatSeries(each))));
    const rows = slots.map((slot, index) =>
      createLine(formatSlot(slot, isOneDay), [totals[index], ...series.map(each => each.cells[index])]),
    );
    const footer = createLine(texts.total, [total, ...series.map(each => each.total)]);
    table.replaceChildren(caption, h('thead', {}, header), h('tbody', {}, ...rows), h('tfoot', {}, footer));
  };
  element.addEventListener('toggle', draw);

  return {
    element,
    update: (next, title) => {
      data = next;
      setText(caption, title);
      scroller.setAttribute('aria-label', title);
      draw();
    },
  };
}

/** Whether all bars are of one day, so that the day need not be said. */
export function isWithinDay(slots: readonly string[]): boolean {
  return slots[0]?.slice(0, 10) === slots.at(-1)?.slice(0, 10);
}

/** The chart's figures for an export. */
export function exportSeries({ slots, series, totals }: TimeSeries, title: string): ExportTable {
  const isOneDay = isWithinDay(slots);
  const cellsOf = (index: number) => [totals[index], ...series.map(each => each.cells[index])];
  return {
    title,
    columns: [
      { id: 'time', title: texts.time, isNumber: false },
      { id: 'total', title: texts.total, isNumber: true },
      ...series.map(each => ({ id: each.id, title: formatSeries(each), isNumber: true })),
    ],
    rows: slots.map((slot, index) => [slot, ...cellsOf(index).map(cell => cell?.costUsd ?? null)]),
    texts: slots.map((slot, index) => [
      formatSlot(slot, isOneDay),
      ...cellsOf(index).map(cell => (cell ? formatCost(cell) : '')),
    ]),
  };
}

function columnHeader(text: string, kind: 'name' | 'number' = 'number'): HTMLElement {
  return h('th', { scope: 'col', class: kind }, text);
}
