/** One row of a table. It is kept for its id as long as that is shown, and only its texts change. */
import { createLinkButton, h, setText } from '../dom.ts';
import type { CellAction, Column } from './columns.ts';

export interface TableRow<T> {
  readonly element: HTMLTableRowElement;
  update(item: T): void;
}

export function createRow<T>(columns: readonly Column<T>[]): TableRow<T> {
  const cells = columns.map(createCell);
  return {
    element: h('tr', {}, ...cells.map(({ element }) => element)),
    update: item => {
      for (const cell of cells) {
        cell.update(item);
      }
    },
  };
}

function createCell<T>(column: Column<T>): { readonly element: HTMLElement; update(item: T): void } {
  if (column.kind === 'span') {
    return createSpan(column);
  }
  let current: T | null = null;
  const text = h('span', { class: 'text' });
  const button = column.press ? createLinkButton('', () => current !== null && column.press?.run(current)) : null;
  button?.classList.add('text');
  const detail = column.detail ? h('span', { class: 'detail' }) : null;
  const extra = column.extra ? createExtra(column.extra, () => current) : null;
  const parts = [button, text, detail, extra?.element].filter(part => part != null);
  const content = h('div', { class: 'cell' }, ...parts);
  const element =
    column.kind === 'name'
      ? h('th', { scope: 'row', class: 'name' }, content)
      : h('td', { class: column.kind }, content);
  return {
    element,
    update: item => {
      current = item;
      const shown = column.text(item);
      const isPressed = column.press?.isOffered(item) ?? false;
      for (const each of [text, button]) {
        if (each) {
          const isShown = (each === button) === isPressed;
          each.hidden = !isShown;
          setText(each, isShown ? shown : '');
          each.classList.toggle('none', column.isQuiet?.(item) ?? false);
          if (column.kind === 'name') {
            each.title = shown;
          }
        }
      }
      if (button && column.press && isPressed) {
        setAttribute(button, 'aria-label', column.press.label(item));
      }
      if (detail) {
        setText(detail, column.detail?.(item) ?? '');
      }
      extra?.update(item);
      if (column.indent) {
        content.style.paddingInlineStart = `${column.indent(item) * 20}px`;
      }
    },
  };
}

function createExtra<T>(action: CellAction<T>, current: () => T | null) {
  const element = createLinkButton(action.text, () => {
    const item = current();
    if (item !== null) {
      action.run(item);
    }
  });
  element.classList.add('extra');
  return {
    element,
    update: (item: T) => {
      element.hidden = !action.isOffered(item);
      setAttribute(element, 'aria-label', action.label(item));
    },
  };
}

/** A bar on a line of time. It only repeats what other columns say, so readers need not hear of it. */
function createSpan<T>(column: Column<T>) {
  const bar = h('span', { class: 'bar' });
  return {
    element: h('td', { class: 'span', 'aria-hidden': 'true' }, h('div', { class: 'track' }, bar)),
    update: (item: T) => {
      const [start, end] = column.span?.(item) ?? [0, 0];
      bar.style.insetInlineStart = `${(start * 100).toFixed(2)}%`;
      bar.style.inlineSize = `max(2px, ${((end - start) * 100).toFixed(2)}%)`;
    },
  };
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}
