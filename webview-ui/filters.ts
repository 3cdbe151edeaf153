/** The filters in effect, each with the way to take it away. */
import { type Filter, filterKeys } from '../src/core/filter.ts';
import { dimensionTexts } from './dimensions.ts';
import { createLinkButton, h } from './dom.ts';
import { fill, texts } from './texts.ts';

export interface Filters {
  readonly element: HTMLElement;
  update(filter: Filter): void;
}

export function createFilters(onDidChange: (filter: Filter) => void): Filters {
  const list = h('ul', {});
  const clear = createLinkButton(texts.clearFilters, () => onDidChange({}));
  const element = h('div', { class: 'filters', role: 'group', 'aria-label': texts.filters, hidden: '' }, list, clear);
  let shown = '{}';
  return {
    element,
    update: filter => {
      const next = JSON.stringify(filter);
      if (next === shown) {
        return;
      }
      shown = next;
      const chips = filterKeys.flatMap(key =>
        (filter[key] ?? []).map(value => {
          const words = [dimensionTexts[key], value ?? texts.none] as const;
          const remove = h(
            'button',
            { type: 'button', class: 'chip', 'aria-label': fill(texts.removeFilter, ...words) },
            fill(texts.filterOf, ...words),
            h('span', { class: 'cross', 'aria-hidden': 'true' }, '×'),
          );
          remove.addEventListener('click', () => {
            const { [key]: values = [], ...others } = filter;
            const left = values.filter(each => each !== value);
            onDidChange(left.length > 0 ? { ...others, [key]: left } : others);
          });
          return h('li', {}, remove);
        }),
      );
      list.replaceChildren(...chips);
      element.hidden = chips.length === 0;
    },
  };
}
