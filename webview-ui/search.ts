/** The box to search in: what is typed is looked for when typing stops. */
import { h } from './dom.ts';
import { maxText } from './state.ts';
import { texts } from './texts.ts';

export interface SearchBox {
  readonly element: HTMLElement;
  select(search: string): void;
}

const settleMs = 250;

export function createSearchBox(onDidSearch: (search: string) => void): SearchBox {
  const input = h('input', {
    type: 'search',
    class: 'search',
    'aria-label': texts.searchLabel,
    placeholder: texts.search,
    maxlength: String(maxText),
  });
  let timer = 0;
  input.addEventListener('input', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => onDidSearch(input.value.trim()), input.value === '' ? 0 : settleMs);
  });
  return {
    element: h('div', { role: 'search' }, input),
    select: search => {
      // Not while it is typed in: it would take letters away.
      if (document.activeElement !== input || search === '') {
        input.value = search;
      }
    },
  };
}
