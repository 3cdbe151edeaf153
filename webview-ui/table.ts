/** A breakdown: one table of groups, sortable, updated in place so that focus, scrolling and order survive a refresh. */
import type { Group } from '../src/api/contract.ts';
import { createLinkButton, h, setChildren, setText } from './dom.ts';
import { formatCount } from './format.ts';
import type { TableSort } from './messages.ts';
import { type BreakdownRow, createRow } from './row.ts';
import { type Column, computeNextSort, computeOrder, figureColumns, type Row } from './sorting.ts';
import { fill, texts } from './texts.ts';

export interface BreakdownOptions {
  /** Also the key of the table's sort in the page's state. */
  readonly id: string;
  readonly title: string;
  /** Heading of the name's column. */
  readonly nameText: string;
  readonly nameOf: (group: Group) => string | null;
  readonly sort: TableSort;
  readonly onDidSort: (sort: TableSort) => void;
  /** Given for models: what to do about a row without a price. */
  readonly onDidAskForPrice?: (name: string) => void;
}

export interface Breakdown {
  readonly element: HTMLElement;
  update(groups: readonly Group[]): void;
}

const pageSize = 10;
const nextPageSize = 50;

const columnTexts: Readonly<Record<Exclude<Column, 'name'>, string>> = {
  requests: texts.requests,
  prompt_tokens: texts.tokensIn,
  completion_tokens: texts.tokensOut,
  cache_read_tokens: texts.cached,
  cost_usd: texts.cost,
  avg_latency_ms: texts.latency,
};

export function createBreakdown(options: BreakdownOptions): Breakdown {
  let { sort } = options;
  let rows: readonly Row[] = [];
  let limit = pageSize;
  const drawn = new Map<string | null, BreakdownRow>();

  const headers = (['name', ...figureColumns] as const).map(column => {
    const text = column === 'name' ? options.nameText : columnTexts[column];
    const button = h('button', { type: 'button', class: 'sort' }, text);
    button.addEventListener('click', () => {
      sort = computeNextSort(sort, column);
      options.onDidSort(sort);
      draw();
    });
    return { column, element: h('th', { scope: 'col', class: column === 'name' ? 'name' : 'number' }, button) };
  });
  const body = h('tbody');
  const count = h('span', { class: 'count' });
  const more = createLinkButton('', () => {
    limit += nextPageSize;
    draw();
  });
  const title = h('h2', { id: `${options.id}-title` }, options.title, ' ', count);
  const scroller = h(
    'div',
    { class: 'scroller' },
    h(
      'table',
      { 'aria-labelledby': title.id },
      h('thead', {}, h('tr', {}, ...headers.map(each => each.element))),
      body,
    ),
  );

  const draw = () => {
    for (const { column, element } of headers) {
      const direction = sort.descending ? 'descending' : 'ascending';
      element.setAttribute('aria-sort', column === sort.column ? direction : 'none');
    }
    const shown = computeOrder(rows, sort).slice(0, limit);
    const elements = shown.map(row => {
      const known = drawn.get(row.name) ?? createRow(row.name, options.onDidAskForPrice);
      drawn.set(row.name, known);
      known.update(row.group);
      return known.element;
    });
    const names = new Set(shown.map(({ name }) => name));
    for (const name of drawn.keys()) {
      if (!names.has(name)) {
        drawn.delete(name);
      }
    }
    setChildren(body, elements);
    setText(count, formatCount(rows.length));
    const hidden = rows.length - shown.length;
    if (hidden === 0 && document.activeElement === more) {
      // The button goes; who pressed it stays in this table.
      headers
        .find(({ column }) => column === sort.column)
        ?.element.querySelector('button')
        ?.focus();
    }
    more.hidden = hidden === 0;
    const next = formatCount(Math.min(hidden, nextPageSize));
    setText(more, fill(texts.showMore, next));
    more.setAttribute('aria-label', fill(texts.showMoreOf, next, options.title));
  };

  return {
    element: h('section', { class: 'breakdown', id: options.id, 'aria-labelledby': title.id }, title, scroller, more),
    update: groups => {
      rows = groups.map(group => ({ name: options.nameOf(group), group }));
      draw();
    },
  };
}
