/** Estimates against what the requests really took. */
import type { AccuracyGroup } from '../../src/api/estimateContract.ts';
import { createButton } from '../components.ts';
import { h } from '../dom.ts';
import { formatCount, formatError, formatShare } from '../format.ts';
import type { ViewContent } from '../messages.ts';
import type { Column } from '../table/columns.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'estimates' }>;

export function createEstimates(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  const count = (id: 'estimates' | 'matched', title: string): Column<AccuracyGroup> => ({
    id,
    title,
    kind: 'number',
    value: group => group[id],
    text: group => formatCount(group[id]),
  });
  const error = (
    id: 'input_error' | 'cost_error',
    spread: 'input_error_p90' | 'cost_error_p90',
    title: string,
  ): Column<AccuracyGroup> => ({
    id,
    title,
    kind: 'number',
    value: group => group[id],
    text: group => formatError(group[id]),
    detail: group => (group[spread] === null ? '' : fill(texts.median, formatError(group[spread]))),
  });
  const table = createTable<AccuracyGroup>({
    id: 'estimates',
    title: texts.estimatesTitle,
    pageSize: 25,
    rowId: ({ model, file_type: file }) => JSON.stringify([model, file]),
    sort: sorts.estimates ?? { column: 'estimates', descending: true },
    onDidSort: sort => events.onDidSort('estimates', sort),
    columns: [
      { id: 'model', title: texts.model, kind: 'name', value: ({ model }) => model, text: ({ model }) => model },
      {
        id: 'file_type',
        title: texts.fileType,
        kind: 'text',
        value: each => each.file_type,
        text: each => each.file_type,
      },
      count('estimates', texts.estimatesCount),
      count('matched', texts.matchedCount),
      error('input_error', 'input_error_p90', texts.inputError),
      error('cost_error', 'cost_error_p90', texts.costError),
      {
        id: 'within_range',
        title: texts.withinRange,
        kind: 'number',
        value: each => each.within_range,
        text: each => (each.within_range === null ? '–' : formatShare(each.within_range, 1)),
      },
    ],
  });
  const none = h(
    'section',
    { class: 'empty' },
    h('h2', {}, texts.noEstimates),
    h('p', {}, texts.noEstimatesHint),
    createButton(texts.estimatePrompt, () => events.run('estimatePromptCost'), { appearance: 'primary' }).element,
  );
  return {
    element: h('div', { class: 'estimates' }, none, table.element),
    update: ({ accuracy }) => {
      const groups = accuracy.groups;
      none.hidden = groups.length > 0;
      table.element.hidden = groups.length === 0;
      table.update(groups);
    },
    export: () => (table.element.hidden ? [] : [table.export()]),
  };
}
