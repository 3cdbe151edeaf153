/** Where a name occurs: models, sessions, branches and all else, each a way to its calls. */

import { dimensionTexts } from '../dimensions.ts';
import { createLinkButton, h, setText } from '../dom.ts';
import type { Found, ViewContent } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createFigureColumns, dearestFirst } from './figureColumns.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'search' }>;

export function createSearch(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  let filter = {};
  const nothing = h('p', { class: 'quiet' });
  const clear = createLinkButton(texts.clearSearch, () => events.go({ search: '' }));
  const table = createTable<Found>({
    id: 'search',
    title: texts.searchResults,
    pageSize: 50,
    rowId: ({ dimension, name }) => `${dimension} ${name}`,
    sort: sorts.search ?? dearestFirst,
    onDidSort: sort => events.onDidSort('search', sort),
    columns: [
      {
        id: 'name',
        title: texts.searchResults,
        kind: 'name',
        value: ({ name }) => name,
        text: ({ name }) => name,
        press: {
          label: ({ dimension, name }) => fill(dimension === 'session_id' ? texts.openSession : texts.onlyThis, name),
          run: ({ dimension, name }) =>
            events.go(
              dimension === 'session_id'
                ? { search: '', view: 'sessions', session: name }
                : { search: '', view: 'overview', session: null, filter: { ...filter, [dimension]: [name] } },
            ),
          isOffered: () => true,
        },
      },
      {
        id: 'dimension',
        title: texts.kind,
        kind: 'text',
        value: ({ dimension }) => dimension,
        text: ({ dimension }) => dimensionTexts[dimension],
      },
      ...createFigureColumns<Found>(({ figures }) => figures, {
        label: ({ name }) => name,
        run: ({ dimension, name }) =>
          events.go({ explained: { kind: 'calls', label: name, filter: { ...filter, [dimension]: [name] } } }),
      }),
    ],
  });
  return {
    element: h('div', { class: 'search-results' }, nothing, table.element, clear),
    update: ({ found }, { place }) => {
      filter = place.filter;
      nothing.hidden = found.length > 0;
      setText(nothing, fill(texts.nothingFound, place.search));
      table.element.hidden = found.length === 0;
      table.update(found);
    },
    export: () => (table.element.hidden ? [] : [table.export()]),
  };
}
