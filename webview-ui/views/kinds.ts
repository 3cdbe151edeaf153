/** Tokens and cost by kind: what was sent anew, what came from a cache, what was answered. */
import type { Costs, RatedCalls } from '../../src/api/contract.ts';
import { type CostKind, costKinds } from '../chart/series.ts';
import { formatCount, formatShare, formatUsd } from '../format.ts';
import type { ExportTable } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';

export const kindTexts: Readonly<Record<CostKind, string>> = {
  input_usd: texts.kindInput,
  cache_read_usd: texts.kindCacheRead,
  cache_write_usd: texts.kindCacheWrite,
  output_usd: texts.kindOutput,
  web_search_usd: texts.kindWebSearch,
  unsplit_usd: texts.kindUnsplit,
};

interface Kind {
  readonly id: CostKind;
  /** Null where there is no count of it. */
  readonly tokens: number | null;
  readonly costUsd: number;
  readonly share: number;
}

export interface KindsPart {
  readonly element: HTMLElement;
  update(costs: Costs): void;
  export(): ExportTable;
}

/** `explain` is called with the name of the kind that was pressed. */
export function createKinds(explain: (label: string) => void): KindsPart {
  const table = createTable<Kind>({
    id: 'kinds',
    title: texts.kinds,
    rowId: ({ id }) => id,
    sort: null,
    columns: [
      {
        id: 'kind',
        title: texts.kind,
        kind: 'name',
        value: ({ id }) => id.replace(/_usd$/, ''),
        text: ({ id }) => kindTexts[id],
        detail: ({ id }) => (id === 'unsplit_usd' ? texts.kindUnsplitHint : ''),
      },
      {
        id: 'cost_usd',
        title: texts.cost,
        kind: 'number',
        value: ({ costUsd }) => costUsd,
        text: ({ costUsd }) => formatUsd(costUsd),
        press: {
          label: ({ id, costUsd }) => `${formatUsd(costUsd)}. ${fill(texts.explainOf, kindTexts[id])}`,
          run: ({ id }) => explain(kindTexts[id]),
          isOffered: () => true,
        },
      },
      {
        id: 'tokens',
        title: texts.tokens,
        kind: 'number',
        value: ({ tokens }) => tokens,
        text: ({ tokens }) => (tokens === null ? '–' : formatCount(tokens)),
      },
      {
        id: 'share',
        title: texts.share,
        kind: 'number',
        value: ({ share }) => share,
        text: ({ share }) => formatShare(share, 1),
      },
    ],
  });
  return {
    element: table.element,
    update: ({ total, rates }) => {
      const sum = (...keys: readonly (keyof RatedCalls)[]) =>
        rates.reduce((all, calls) => keys.reduce((each, key) => each + Number(calls[key]), all), 0);
      const tokens: Partial<Record<CostKind, number>> = {
        input_usd: sum('input_tokens'),
        cache_read_usd: sum('cache_read_tokens'),
        cache_write_usd: sum('cache_write_5m_tokens', 'cache_write_1h_tokens'),
        output_usd: sum('output_tokens'),
      };
      const kinds = costKinds.map(id => ({
        id,
        tokens: tokens[id] ?? null,
        costUsd: total[id],
        share: total.cost_usd ? total[id] / total.cost_usd : 0,
      }));
      table.element.hidden = total.cost_usd === null;
      table.update(
        kinds
          .filter(({ costUsd, tokens: count }) => Math.abs(costUsd) >= 5e-7 || (count ?? 0) > 0)
          .sort((a, b) => b.costUsd - a.costUsd),
      );
    },
    export: table.export,
  };
}
