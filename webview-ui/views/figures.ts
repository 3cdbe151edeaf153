/** The period's figures in rows, each of them a button that explains it. */
import type { Costs, Figures, Summary } from '../../src/api/contract.ts';
import { spendOf } from '../../src/core/spend.ts';
import { toCell } from '../chart/series.ts';
import { createLinkButton, h, setText } from '../dom.ts';
import {
  formatChange,
  formatCost,
  formatCount,
  formatLatency,
  formatShare,
  formatUnpriced,
  formatUsd,
} from '../format.ts';
import type { ExportTable } from '../messages.ts';
import { fill, texts } from '../texts.ts';
import { formatSubscription } from './figureColumns.ts';

export interface FiguresPart {
  readonly element: HTMLElement;
  update(summary: Summary, costs: Costs): void;
  export(): ExportTable;
}

interface Data {
  readonly total: Figures;
  readonly previous: Figures | null;
  readonly failed: number;
  readonly costs: Costs['total'];
}

interface Figure {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  value(data: Data): number | null;
  text(data: Data): string;
  /** A quieter line below the figure. */
  detail(data: Data): string;
  /** The figure of the range before, to say how it changed. */
  before?(data: Data): number | null;
}

const figures: readonly Figure[] = [
  {
    id: 'spend',
    label: texts.spend,
    hint: texts.spendHint,
    value: ({ total }) => spendOf(total),
    text: ({ total }) => formatCost(toCell(total)),
    detail: ({ total }) => [formatUnpriced(toCell(total)), formatSubscription(total)].filter(Boolean).join(' · '),
    before: ({ previous }) => previous && spendOf(previous),
  },
  {
    id: 'requests',
    label: texts.requests,
    value: ({ total }) => total.requests,
    text: ({ total }) => formatCount(total.requests),
    detail: () => '',
    before: ({ previous }) => previous?.requests ?? null,
  },
  {
    id: 'prompt_tokens',
    label: texts.tokensIn,
    value: ({ total }) => total.prompt_tokens,
    text: ({ total }) => formatCount(total.prompt_tokens),
    detail: () => '',
    before: ({ previous }) => previous?.prompt_tokens ?? null,
  },
  {
    id: 'completion_tokens',
    label: texts.tokensOut,
    value: ({ total }) => total.completion_tokens,
    text: ({ total }) => formatCount(total.completion_tokens),
    detail: ({ total }) =>
      total.reasoning_tokens > 0 ? fill(texts.reasoning, formatCount(total.reasoning_tokens)) : '',
    before: ({ previous }) => previous?.completion_tokens ?? null,
  },
  {
    id: 'cache_hit_rate',
    label: texts.cacheHitRate,
    hint: texts.cacheHitRateHint,
    value: ({ total }) => (total.prompt_tokens === 0 ? null : total.cache_read_tokens / total.prompt_tokens),
    text: ({ total }) => (total.prompt_tokens === 0 ? '–' : formatShare(total.cache_read_tokens, total.prompt_tokens)),
    detail: ({ costs: { cache_savings_usd: saved } }) =>
      saved === null || Math.abs(saved) < 5e-7
        ? ''
        : saved > 0
          ? fill(texts.saved, formatUsd(saved))
          : fill(texts.lost, formatUsd(-saved)),
  },
  {
    id: 'avg_latency_ms',
    label: texts.latency,
    value: ({ total }) => total.avg_latency_ms,
    text: ({ total }) => formatLatency(total.avg_latency_ms),
    detail: () => '',
    before: ({ previous }) => previous?.avg_latency_ms ?? null,
  },
  {
    id: 'failed_requests',
    label: texts.failed,
    hint: texts.failedHint,
    value: ({ failed }) => failed,
    text: ({ failed }) => formatCount(failed),
    detail: () => '',
  },
  {
    id: 'priced_share',
    label: texts.coverage,
    hint: texts.coverageHint,
    value: ({ total }) => (total.requests === 0 ? null : countExact(total) / total.requests),
    text: ({ total }) => formatShare(countExact(total), total.requests),
    detail: ({ total }) => formatCoverage(total),
  },
];

/** `explain` is called with the label of the figure that was pressed. */
export function createFigures(explain: (label: string) => void): FiguresPart {
  let data: Data | null = null;
  const cells = figures.map(figure => {
    const value = createLinkButton('', () => explain(figure.label));
    value.classList.add('value');
    const detail = h('span', { class: 'detail' });
    const element = h(
      'div',
      { class: `figure ${figure.id}`, title: figure.hint },
      h('dt', {}, figure.label),
      h('dd', {}, value, detail),
    );
    return { figure, value, detail, element };
  });
  return {
    element: h(
      'section',
      { class: 'totals', 'aria-labelledby': 'figures-title' },
      h('h2', { id: 'figures-title', class: 'visually-hidden' }, texts.figures),
      h('dl', {}, ...cells.map(({ element }) => element)),
    ),
    update: ({ total, previous, failed_requests }, costs) => {
      data = { total, previous: previous?.total ?? null, failed: failed_requests, costs: costs.total };
      for (const { figure, value, detail } of cells) {
        const text = figure.text(data);
        const change = formatFigureChange(figure, data);
        const spoken = change === '' ? text : `${text}, ${fill(texts.change, change)}`;
        setText(value, text);
        value.setAttribute('aria-label', `${spoken}. ${fill(texts.explainOf, figure.label)}`);
        setText(detail, [change, figure.detail(data)].filter(Boolean).join(' · '));
        detail.title = change === '' ? '' : fill(texts.changeHint, change, formatBefore(figure, data));
      }
    },
    export: () => ({
      title: texts.overview,
      columns: [
        { id: 'figure', title: texts.figures, isNumber: false },
        { id: 'value', title: texts.value, isNumber: true },
        { id: 'before', title: texts.before, isNumber: true },
      ],
      rows: data
        ? figures.map(figure => [figure.id, figure.value(data as Data), figure.before?.(data as Data) ?? null])
        : [],
      texts: data
        ? figures.map(figure => [
            figure.label,
            [figure.text(data as Data), figure.detail(data as Data)].filter(Boolean).join(' · '),
            formatBefore(figure, data as Data),
          ])
        : [],
    }),
  };
}

function formatFigureChange(figure: Figure, data: Data): string {
  const [now, before] = [figure.value(data), figure.before?.(data) ?? null];
  return now === null || before === null || before === 0 ? '' : formatChange(now, before);
}

/** The figure of the range before, as it would be shown. */
function formatBefore(figure: Figure, data: Data): string {
  return data.previous && figure.before ? figure.text({ ...data, total: data.previous }) : '';
}

function countExact({ requests, estimated_requests: estimated, unpriced_requests: unpriced }: Figures): number {
  return requests - estimated - unpriced;
}

function formatCoverage({ requests, estimated_requests: estimated, unpriced_requests: unpriced }: Figures): string {
  const parts = [
    estimated > 0 ? fill(texts.estimatedShare, formatShare(estimated, requests)) : '',
    unpriced > 0 ? fill(texts.unpricedShare, formatShare(unpriced, requests)) : '',
  ];
  return parts.filter(Boolean).join(' · ') || texts.allPriced;
}
