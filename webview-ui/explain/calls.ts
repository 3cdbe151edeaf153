/** A sum, explained: how it is made, the rates it was priced with, and the dearest calls behind it. */
import type { RatedCalls, RecordRow } from '../../src/api/contract.ts';
import { toCell } from '../chart/series.ts';
import { daysOfRange } from '../days.ts';
import { h, setText } from '../dom.ts';
import { formatCost, formatCount, formatDays, formatInstant, formatUsd, plural } from '../format.ts';
import type { ExplainedContent, ExportTable } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createCallCostColumn, createModelColumn, createTokensColumn } from '../views/recordColumns.ts';
import type { PageEvents } from '../views/viewPart.ts';
import { basisTexts, formatMerged, formatProduct, formatSource, formatTier, formulaTexts } from './words.ts';

type Content = Extract<ExplainedContent, { kind: 'calls' }>;

export interface ExplainedCalls {
  readonly element: HTMLElement;
  update(content: Content, timeZone: string): void;
  export(): ExportTable[];
}

export function createExplainedCalls(events: PageEvents): ExplainedCalls {
  let timeZone = 'UTC';
  const sum = h('p', { class: 'sum' });
  const formulas = h('ul', { class: 'formulas' });
  const gone = h('p', { class: 'quiet' });
  const rates = createTable<RatedCalls>({
    id: 'rates',
    title: texts.ratesUsed,
    pageSize: 10,
    rowId: calls =>
      JSON.stringify([
        calls.provider,
        calls.model,
        calls.cost_basis,
        calls.rate,
        calls.signals,
        calls.service_tier,
        calls.speed,
        calls.inference_geo,
      ]),
    sort: null,
    columns: [
      { ...createModelColumn<RatedCalls>(), detail: ({ rate }) => (rate ? formatSource(rate) : '') },
      {
        id: 'cost_usd',
        title: texts.cost,
        kind: 'number',
        value: ({ cost_usd: cost }) => cost,
        text: ({ cost_usd: cost }) => (cost === null ? texts.unpricedCost : formatUsd(cost)),
        isQuiet: ({ cost_usd: cost }) => cost === null,
      },
      {
        id: 'requests',
        title: texts.requests,
        kind: 'number',
        value: each => each.requests,
        text: each => formatCount(each.requests),
      },
      {
        id: 'basis',
        title: texts.rateBasis,
        kind: 'text',
        value: each => each.cost_basis,
        text: each => basisTexts[each.cost_basis],
      },
      {
        id: 'tier',
        title: texts.rateTier,
        kind: 'text',
        value: each => tierOf(each),
        text: each => tierOf(each),
      },
      {
        id: 'arithmetic',
        title: texts.arithmetic,
        kind: 'text',
        value: each => describe(each),
        text: each => describe(each),
      },
      {
        id: 'signals',
        title: texts.signals,
        kind: 'text',
        value: each => each.signals.join(', '),
        text: each => formatMerged(each.signals, each.observations, each.requests),
      },
    ],
  });
  const records = createTable<RecordRow>({
    id: 'behind',
    title: texts.callsBehind,
    pageSize: 10,
    rowId: ({ id }) => id,
    sort: null,
    columns: [
      { ...createModelColumn<RecordRow>(), detail: ({ session_id: session }) => session ?? '' },
      createCallCostColumn(({ model }) => model ?? texts.none, events),
      {
        id: 'timestamp',
        title: texts.callTime,
        kind: 'text',
        value: ({ timestamp }) => timestamp,
        text: ({ timestamp }) => formatInstant(timestamp, timeZone, 'medium'),
      },
      createTokensColumn('prompt_tokens', texts.tokensIn),
      createTokensColumn('completion_tokens', texts.tokensOut),
    ],
  });
  return {
    element: h('div', { class: 'explained-calls' }, sum, formulas, gone, rates.element, records.element),
    update: ({ summary, costs, records: rows }, zone) => {
      timeZone = zone;
      const { total } = summary;
      const days = daysOfRange(summary, zone);
      setText(
        sum,
        [
          formatCost(toCell(total)),
          plural(total.requests, texts.requestCountOne, texts.requestCountOther),
          formatDays(days[0] ?? '', days.at(-1) ?? ''),
        ].join(' · '),
      );
      const bases = [...new Set(costs.rates.map(({ cost_basis }) => cost_basis))];
      const lines = [
        ...new Set(bases.flatMap(basis => (basis === 'estimated' ? (['priced', basis] as const) : [basis]))),
      ];
      formulas.replaceChildren(...lines.map(basis => h('li', {}, formulaTexts[basis])));
      gone.hidden = costs.total.undetailed_requests === 0;
      setText(gone, fill(texts.undetailed, formatCount(costs.total.undetailed_requests)));
      rates.element.hidden = costs.rates.length === 0;
      rates.update(costs.rates);
      records.element.hidden = rows.length === 0;
      records.update(rows);
    },
    export: () => [rates, records].filter(({ element }) => !element.hidden).map(table => table.export()),
  };
}

function tierOf({ service_tier, speed, inference_geo, rate }: RatedCalls): string {
  return formatTier([service_tier, speed, inference_geo], rate?.factors ?? {}, rate?.tier_from ?? null);
}

/** "60,000 × $2.00 + 10,000 × $8.00", by kinds that were used; rates are per million tokens. */
function describe(calls: RatedCalls): string {
  const { rate } = calls;
  if (!rate) {
    return '–';
  }
  const products: readonly (readonly [count: number, usd: number])[] = [
    [calls.input_tokens, rate.input],
    [calls.cache_read_tokens, rate.cache_read],
    [calls.cache_write_5m_tokens, rate.cache_write_5m],
    [calls.cache_write_1h_tokens, rate.cache_write_1h],
    [calls.output_tokens, rate.output],
  ];
  return products
    .filter(([count]) => count > 0)
    .map(([count, usd]) => formatProduct(count, usd))
    .join(' + ');
}
