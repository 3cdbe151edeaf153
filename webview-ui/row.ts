/** One row of a breakdown. It is kept for its name as long as that is shown, and only its texts change. */
import type { Group } from '../src/api/contract.ts';
import { createLinkButton, h, setText } from './dom.ts';
import { formatCost, formatCount, formatLatency, formatUnpriced } from './format.ts';
import { fill, texts } from './texts.ts';
import { asCost } from './totals.ts';

export interface BreakdownRow {
  readonly element: HTMLTableRowElement;
  update(group: Group): void;
}

/** A row for a name (null: the calls name none). `onDidAskForPrice` is offered where a cost is not fully known. */
export function createRow(name: string | null, onDidAskForPrice?: (name: string) => void): BreakdownRow {
  const label = h('span', { class: 'name-text', title: name ?? undefined }, name ?? texts.none);
  label.classList.toggle('none', name === null);
  const number = () => h('td', { class: 'number' });
  const [requests, tokensIn, cached, tokensOut, latency] = [number(), number(), number(), number(), number()];
  const sum = h('span', { class: 'sum' });
  const detail = h('span', { class: 'detail' });
  const cost = h('div', { class: 'cost' }, sum, detail);
  const setPrice =
    name !== null && onDidAskForPrice
      ? createLinkButton(texts.setPrice, () => onDidAskForPrice(name), fill(texts.setPriceFor, name))
      : null;
  if (setPrice) {
    cost.append(setPrice);
  }
  const element = h(
    'tr',
    {},
    h('th', { scope: 'row', class: 'name' }, label),
    h('td', { class: 'number' }, cost),
    ...[requests, tokensIn, cached, tokensOut, latency],
  );
  return {
    element,
    update: group => {
      const known = asCost(group);
      setText(requests, formatCount(group.requests));
      setText(tokensIn, formatCount(group.prompt_tokens));
      setText(tokensOut, formatCount(group.completion_tokens));
      setText(cached, formatCount(group.cache_read_tokens));
      setText(sum, formatCost(known));
      sum.classList.toggle('unpriced', known.costUsd === null);
      setText(detail, known.costUsd === null ? '' : formatUnpriced(known));
      setText(latency, formatLatency(group.avg_latency_ms));
      if (setPrice) {
        setPrice.hidden = known.unpriced === 0;
      }
    },
  };
}
