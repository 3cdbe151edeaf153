/** One call, explained: its calculation line by line, its rate, and the reports that were merged into it. */
import type { CostPart, RecordDetail, RecordObservation } from '../../src/api/recordContract.ts';
import { h, setText } from '../dom.ts';
import { formatCallCost, formatCount, formatInstant, formatLatency, formatUsdPrecise } from '../format.ts';
import type { ExportTable } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { basisTexts, formatSource, formatTier, formulaTexts } from './words.ts';

export interface ExplainedRecord {
  readonly element: HTMLElement;
  update(record: RecordDetail | null, timeZone: string): void;
  export(): ExportTable[];
}

const kindTexts: Readonly<Record<CostPart['kind'], string>> = {
  input: texts.kindInput,
  output: texts.kindOutput,
  cache_read: texts.kindCacheRead,
  cache_write: texts.kindCacheWrite,
  cache_write_5m: `${texts.kindCacheWrite} (5 min)`,
  cache_write_1h: `${texts.kindCacheWrite} (1 h)`,
  web_search: texts.kindWebSearch,
};

export function createExplainedRecord(): ExplainedRecord {
  let timeZone = 'UTC';
  const sum = h('p', { class: 'sum' });
  const formula = h('p');
  const facts = h('dl', { class: 'facts' });
  const parts = createTable<CostPart>({
    id: 'parts',
    title: texts.arithmetic,
    rowId: ({ kind }) => kind,
    sort: null,
    columns: [
      { id: 'kind', title: texts.kind, kind: 'name', value: each => each.kind, text: each => kindTexts[each.kind] },
      {
        id: 'usd',
        title: texts.cost,
        kind: 'number',
        value: each => each.usd,
        text: each => formatUsdPrecise(each.usd),
      },
      {
        id: 'calculation',
        title: texts.arithmetic,
        kind: 'text',
        value: formatCalculation,
        text: formatCalculation,
      },
    ],
  });
  const observations = createTable<RecordObservation & { readonly number: number }>({
    id: 'observations',
    title: texts.reports,
    rowId: ({ number }) => String(number),
    sort: null,
    columns: [
      {
        id: 'signal',
        title: texts.signals,
        kind: 'name',
        value: each => each.signal,
        text: each => each.signal,
        detail: each => each.completeness,
      },
      {
        id: 'timestamp',
        title: texts.callTime,
        kind: 'text',
        value: each => each.timestamp,
        text: each => formatInstant(each.timestamp, timeZone, 'medium'),
      },
      count('input_tokens', texts.kindInput),
      count('cache_read_tokens', texts.kindCacheRead),
      count('cache_write_tokens', texts.kindCacheWrite),
      count('output_tokens', texts.kindOutput),
      {
        id: 'ids',
        title: texts.requestId,
        kind: 'text',
        value: each => each.ids.join(' '),
        text: each => each.ids.join(' ') || '–',
      },
    ],
  });
  return {
    element: h('div', { class: 'explained-record' }, sum, formula, parts.element, facts, observations.element),
    update: (record, zone) => {
      timeZone = zone;
      for (const part of [formula, parts.element, facts, observations.element]) {
        part.hidden = record === null;
      }
      if (record === null) {
        setText(sum, texts.noDetails);
        return;
      }
      setText(
        sum,
        `${formatCallCost(record.cost_usd)} · ${record.model ?? texts.none} · ${basisTexts[record.cost_basis]}`,
      );
      setText(formula, formulaTexts[record.cost_basis]);
      parts.element.hidden = record.cost_parts.length === 0;
      parts.update(record.cost_parts);
      const lines = listFacts(record, zone).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]);
      facts.replaceChildren(...lines);
      observations.update(record.observations.map((seen, number) => ({ ...seen, number })));
    },
    export: () => [parts, observations].filter(({ element }) => !element.hidden).map(table => table.export()),
  };
}

function count(id: 'input_tokens' | 'cache_read_tokens' | 'cache_write_tokens' | 'output_tokens', title: string) {
  return {
    id,
    title,
    kind: 'number' as const,
    value: (each: RecordObservation) => each[id],
    text: (each: RecordObservation) => (each[id] === null ? '?' : formatCount(each[id])),
  };
}

/** "60,000 × $2.00 ÷ 1,000,000", with the tier's factor where there is one. */
function formatCalculation({ quantity, rate_usd: usd, per, factor }: CostPart): string {
  const factored = factor === 1 ? '' : ` × ${factor}`;
  return `${formatCount(quantity)} × ${formatUsdPrecise(usd)} ÷ ${formatCount(per)}${factored}`;
}

function listFacts(record: RecordDetail, timeZone: string): (readonly [name: string, value: string])[] {
  const { rate } = record;
  const facts: readonly (readonly [string, string | null])[] = [
    [texts.callTime, formatInstant(record.timestamp, timeZone, 'medium')],
    [
      texts.rateSource,
      rate && `${formatSource(rate)} · ${fill(texts.pricedAt, formatInstant(record.timestamp, timeZone))}`,
    ],
    [
      texts.rateTier,
      formatTier(
        [record.service_tier, record.speed, record.inference_geo],
        rate?.factors ?? {},
        rate?.tierFrom ?? null,
      ),
    ],
    [texts.signals, record.signals.join(', ')],
    [texts.provider, record.provider],
    [texts.agent, record.agent],
    [texts.session, record.session_id],
    [texts.taskType, record.task_type],
    [texts.user, record.user_id],
    [texts.branch, record.branch],
    [texts.requestId, record.request_id],
    [texts.latencyWord, record.latency_ms === null ? null : formatLatency(record.latency_ms)],
    [
      texts.agentCost,
      record.agent_cost_usd === null ? null : `${formatUsdPrecise(record.agent_cost_usd)} ${texts.notSummed}`,
    ],
  ];
  return facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, value] as const]));
}
