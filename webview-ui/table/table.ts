/** A table: sortable, updated in place so that focus, scrolling and order survive a refresh, and exported as it is shown. */
import { createLinkButton, h, setChildren, setText } from '../dom.ts';
import { formatCount } from '../format.ts';
import type { ExportTable, TableSort } from '../messages.ts';
import { fill, texts } from '../texts.ts';
import type { Column } from './columns.ts';
import { createRow, type TableRow } from './row.ts';
import { computeNextSort, computeOrder } from './sorting.ts';

export interface TableOptions<T> {
  /** Also the key of the table's sort in the page's state. */
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column<T>[];
  readonly rowId: (item: T) => string;
  /** Null: the rows stay in the order they come in, and the headers are no buttons. */
  readonly sort: TableSort | null;
  readonly onDidSort?: (sort: TableSort) => void;
  /** Whether the title is only for readers, where a heading above says it already. */
  readonly isTitleHidden?: boolean;
  readonly pageSize?: number;
}

export interface Table<T> {
  readonly element: HTMLElement;
  /** Beside the title: controls of this table. */
  readonly tools: HTMLElement;
  update(items: readonly T[]): void;
  setTitle(title: string, nameTitle?: string): void;
  export(): ExportTable;
}

const nextPageSize = 50;

export function createTable<T>(options: TableOptions<T>): Table<T> {
  const { columns, pageSize = 10 } = options;
  let { sort } = options;
  let items: readonly T[] = [];
  let titleText = options.title;
  let limit = pageSize;
  const rows = new Map<string, TableRow<T>>();

  const headers = columns.map(column =>
    createHeader(column, sort !== null && column.kind !== 'span', () => {
      if (sort) {
        sort = computeNextSort(sort, column);
        options.onDidSort?.(sort);
        draw();
      }
    }),
  );
  const body = h('tbody');
  const count = h('span', { class: 'count' });
  const more = createLinkButton('', () => {
    limit += nextPageSize;
    draw();
  });
  more.classList.add('more');
  const name = h('span', {}, options.title);
  const title = h('h2', { id: `${options.id}-title` }, name, ' ', count);
  title.classList.toggle('visually-hidden', options.isTitleHidden ?? false);
  const tools = h('div', { class: 'tools' });
  const head = h('thead', {}, h('tr', {}, ...headers.map(each => each.element)));
  const scroller = h('div', { class: 'scroller' }, h('table', { 'aria-labelledby': title.id }, head, body));

  const ordered = () => (sort ? computeOrder(items, columns, sort) : items);
  const draw = () => {
    for (const { column, element } of headers) {
      if (sort && column.kind !== 'span') {
        const direction = sort.descending ? 'descending' : 'ascending';
        element.setAttribute('aria-sort', column.id === sort.column ? direction : 'none');
      }
    }
    const shown = ordered().slice(0, limit);
    const ids = new Set<string>();
    const elements = shown.map(item => {
      const id = options.rowId(item);
      ids.add(id);
      const row = rows.get(id) ?? createRow(columns);
      rows.set(id, row);
      row.update(item);
      return row.element;
    });
    for (const id of rows.keys()) {
      if (!ids.has(id)) {
        rows.delete(id);
      }
    }
    setChildren(body, elements);
    setText(count, formatCount(items.length));
    drawMore(items.length - shown.length);
  };
  const drawMore = (hidden: number) => {
    if (hidden === 0 && document.activeElement === more) {
      // The button goes; who pressed it stays in this table.
      (scroller.querySelector<HTMLElement>('[aria-sort]:not([aria-sort="none"]) button') ?? scroller).focus();
    }
    more.hidden = hidden === 0;
    const next = formatCount(Math.min(hidden, nextPageSize));
    setText(more, fill(texts.showMore, next));
    more.setAttribute('aria-label', fill(texts.showMoreOf, next, titleText));
  };

  return {
    element: h(
      'section',
      { class: 'table', id: options.id, 'aria-labelledby': title.id },
      h('div', { class: 'heading' }, title, tools),
      scroller,
      more,
    ),
    tools,
    update: next => {
      items = next;
      draw();
    },
    setTitle: (text, nameTitle) => {
      titleText = text;
      setText(name, text);
      const [first] = headers;
      if (nameTitle !== undefined && first) {
        setText(first.label, nameTitle);
      }
    },
    export: () =>
      exportTable(
        titleText,
        columns,
        headers.map(({ label }) => label.textContent ?? ''),
        ordered(),
      ),
  };
}

function createHeader<T>(column: Column<T>, isSortable: boolean, onPress: () => void) {
  const label = isSortable ? h('button', { type: 'button', class: 'sort' }, column.title) : h('span', {}, column.title);
  label.addEventListener('click', onPress);
  const element = h('th', { scope: 'col', class: column.kind, title: column.hint }, label);
  if (column.kind === 'span') {
    element.setAttribute('aria-hidden', 'true');
  }
  return { column, label, element };
}

/** Rows and columns as they are shown, bars left out. */
function exportTable<T>(
  title: string,
  columns: readonly Column<T>[],
  titles: readonly string[],
  items: readonly T[],
): ExportTable {
  const kept = columns
    .map((column, index) => ({ column, title: titles[index] ?? '' }))
    .filter(({ column }) => column.kind !== 'span');
  const readText = (column: Column<T>, item: T) => [column.text(item), column.detail?.(item)].filter(Boolean).join(' ');
  return {
    title,
    columns: kept.map(({ column, title }) => ({ id: column.id, title, isNumber: column.kind === 'number' })),
    rows: items.map(item => kept.map(({ column }) => column.value(item))),
    texts: items.map(item => kept.map(({ column }) => readText(column, item))),
  };
}
