/** Models without a price: what it takes to count their calls, in one press. Nothing when all have one. */
import type { Group, Summary } from '../../src/api/contract.ts';
import { toCell } from '../chart/series.ts';
import { createButton } from '../components.ts';
import { h, setText } from '../dom.ts';
import { formatCount } from '../format.ts';
import type { ExportTable } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';

export interface UnpricedPart {
  readonly element: HTMLElement;
  update(models: Summary, summary: Summary): void;
  export(): ExportTable[];
}

export function createUnpriced(setPrice: (model: string | undefined) => void): UnpricedPart {
  const title = h('h2', { id: 'unpriced-title' });
  const hint = h('p');
  const primary = createButton(texts.setPrice, () => setPrice(undefined), { appearance: 'primary' });
  const table = createTable<Group>({
    id: 'unpricedModels',
    title: texts.unpricedModels,
    isTitleHidden: true,
    pageSize: 5,
    rowId: ({ key }) => JSON.stringify(key.model),
    sort: null,
    columns: [
      {
        id: 'model',
        title: texts.model,
        kind: 'name',
        value: ({ key }) => key.model ?? null,
        text: ({ key }) => key.model ?? texts.none,
        isQuiet: ({ key }) => key.model == null,
        extra: {
          text: texts.setPrice,
          label: ({ key }) => fill(texts.setPriceFor, key.model ?? ''),
          run: ({ key }) => setPrice(key.model ?? undefined),
          isOffered: ({ key }) => key.model != null,
        },
      },
      ...(['unpriced_requests', 'prompt_tokens', 'completion_tokens'] as const).map(id => ({
        id,
        title: { unpriced_requests: texts.requests, prompt_tokens: texts.tokensIn, completion_tokens: texts.tokensOut }[
          id
        ],
        kind: 'number' as const,
        value: (group: Group) => group[id],
        text: (group: Group) => formatCount(group[id]),
      })),
    ],
  });
  const element = h(
    'section',
    { class: 'unpriced', 'aria-labelledby': title.id },
    h('div', { class: 'words' }, title, hint),
    primary.element,
    table.element,
  );
  return {
    element,
    update: ({ groups }, { total }) => {
      const unpriced = groups.filter(group => group.unpriced_requests > 0);
      const isAll = toCell(total).costUsd === null;
      element.hidden = unpriced.length === 0;
      element.classList.toggle('all', isAll);
      primary.element.hidden = !isAll;
      setText(title, isAll ? texts.unpricedOnly : texts.unpricedModels);
      setText(hint, isAll ? texts.unpricedOnlyHint : texts.unpricedModelsHint);
      table.update([...unpriced].sort((a, b) => b.unpriced_requests - a.unpriced_requests));
    },
    export: () => (element.hidden ? [] : [table.export()]),
  };
}
