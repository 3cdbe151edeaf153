/** The overview: the period's figures in one row. */
import type { Figures } from '../src/api/contract.ts';
import { createLinkButton, h, setText } from './dom.ts';
import { formatCost, formatCount, formatLatency, formatShare, formatUnpriced } from './format.ts';
import { fill, texts } from './texts.ts';

export interface Totals {
  readonly element: HTMLElement;
  update(total: Figures): void;
}

interface Figure {
  readonly label: string;
  readonly hint?: string;
  /** The figure and a quieter line below it. */
  read(total: Figures): readonly [value: string, detail: string];
}

const figures: readonly Figure[] = [
  {
    label: texts.spend,
    read: total => {
      const cost = asCost(total);
      return [formatCost(cost), formatUnpriced(cost)];
    },
  },
  { label: texts.requests, read: total => [formatCount(total.requests), ''] },
  { label: texts.tokensIn, read: total => [formatCount(total.prompt_tokens), ''] },
  {
    label: texts.cached,
    hint: texts.cachedHint,
    read: total => [
      formatCount(total.cache_read_tokens),
      fill(texts.cachedShare, formatShare(total.cache_read_tokens, total.prompt_tokens)),
    ],
  },
  {
    label: texts.tokensOut,
    read: total => [
      formatCount(total.completion_tokens),
      total.reasoning_tokens > 0 ? fill(texts.reasoning, formatCount(total.reasoning_tokens)) : '',
    ],
  },
  { label: texts.latency, read: total => [formatLatency(total.avg_latency_ms), ''] },
  { label: texts.unpriced, hint: texts.unpricedHint, read: total => [formatCount(total.unpriced_requests), ''] },
];

export function createTotals(onDidAskForPrice: () => void): Totals {
  const setPrice = createLinkButton(texts.setPrice, onDidAskForPrice);
  const cells = figures.map(figure => {
    const value = h('span', { class: 'value' });
    const detail = h('span', { class: 'detail' });
    const element = h(
      'div',
      { class: 'figure', title: figure.hint },
      h('dt', {}, figure.label),
      h('dd', {}, value, detail),
    );
    return { figure, value, detail, element };
  });
  cells[0]?.element.classList.add('spend');
  const unpriced = cells.at(-1);
  unpriced?.detail.append(setPrice);

  return {
    element: h(
      'section',
      { class: 'totals', 'aria-labelledby': 'overview' },
      h('h2', { id: 'overview', class: 'visually-hidden' }, texts.overview),
      h('dl', {}, ...cells.map(({ element }) => element)),
    ),
    update: total => {
      for (const { figure, value, detail, element } of cells) {
        const [text, below] = figure.read(total);
        setText(value, text);
        if (element === unpriced?.element) {
          setPrice.hidden = total.unpriced_requests === 0;
          element.classList.toggle('attention', total.unpriced_requests > 0);
        } else {
          setText(detail, below);
        }
      }
    },
  };
}

/** The cost of some figures in the words of the chart and the tables. */
export function asCost({ cost_usd, requests, unpriced_requests }: Figures) {
  return { costUsd: cost_usd, requests, unpriced: unpriced_requests };
}
