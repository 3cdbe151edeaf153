/** The figures of the chart and of its table: the same cells feed both, so that they can not differ. Pure. */
import type { Costs, Figures, Group, Summary } from '../../src/api/contract.ts';
import { spendOf } from '../../src/core/spend.ts';

/** One bar's part, or a sum of such. */
export interface Cell {
  readonly requests: number;
  /** USD, without what subscriptions pay for; null when nothing in it is priced. */
  readonly costUsd: number | null;
  readonly unpriced: number;
}

export interface Series {
  /** Stable over refreshes: colours stick to it. */
  readonly id: string;
  /** Null when the calls name none; meaningless when `isOther`. */
  readonly name: string | null;
  readonly isOther: boolean;
  /** By index of slot. */
  readonly cells: readonly Cell[];
  readonly total: Cell;
}

export interface TimeSeries {
  /** Names of the bars' stretches of time, without gaps. */
  readonly slots: readonly string[];
  /** Dearest first, "other" last. */
  readonly series: readonly Series[];
  readonly totals: readonly Cell[];
  readonly total: Cell;
}

export const seriesLimit = 8;
export const otherId = 'other';
const emptyCell: Cell = { requests: 0, costUsd: null, unpriced: 0 };

type TimeKey = 'hour' | 'day' | 'week' | 'month';

/** Slots by the values of a key: the dearest `seriesLimit` of them, the rest summed as "other". */
export function computeSeries(
  { groups, total }: Pick<Summary, 'groups' | 'total'>,
  slots: readonly string[],
  interval: TimeKey,
  stack: 'model' | 'agent' | 'task_type' | 'team' | 'project' | 'user_id',
): TimeSeries {
  const named = groupBy(groups, ({ key }) => (key[stack] == null ? 'none' : `${stack}:${key[stack]}`));
  const ofSlot = groupBy(groups, ({ key }) => key[interval]);
  const ranked = [...named]
    .map(([id, own]) => createSeries(id, own[0]?.key[stack] ?? null, own, slots, interval))
    .sort(
      (a, b) =>
        (b.total.costUsd ?? -1) - (a.total.costUsd ?? -1) ||
        b.total.requests - a.total.requests ||
        a.id.localeCompare(b.id),
    );
  const shown = ranked.slice(0, seriesLimit);
  const rest = ranked.slice(seriesLimit);
  if (rest.length > 0) {
    const own = rest.flatMap(({ id }) => named.get(id) ?? []);
    shown.push({ ...createSeries(otherId, null, own, slots, interval), isOther: true });
  }
  return {
    slots,
    series: shown,
    totals: slots.map(slot => sumCells((ofSlot.get(slot) ?? []).map(toCell))),
    total: toCell(total),
  };
}

export const costKinds = [
  'output_usd',
  'input_usd',
  'cache_write_usd',
  'cache_read_usd',
  'web_search_usd',
  'unsplit_usd',
] as const;
export type CostKind = (typeof costKinds)[number];

/** Slots by kind of token; kinds that cost nothing are left out. `names` says what they are called. */
export function computeKindSeries(
  { groups, total }: Costs,
  slots: readonly string[],
  interval: TimeKey,
  names: Readonly<Record<CostKind, string>>,
): TimeSeries {
  const ofSlot = new Map(groups.map(group => [group.key[interval] ?? '', group]));
  const cell = (costUsd: number | undefined): Cell => ({ ...emptyCell, costUsd: costUsd || null });
  // What rounding leaves over is below what is shown.
  const used = costKinds.filter(kind => Math.abs(total[kind]) >= 5e-7);
  return {
    slots,
    series: used.map(kind => ({
      id: kind,
      name: names[kind],
      isOther: false,
      cells: slots.map(slot => cell(ofSlot.get(slot)?.[kind])),
      total: cell(total[kind]),
    })),
    totals: slots.map(slot => {
      const group = ofSlot.get(slot);
      return group
        ? { requests: group.requests, costUsd: group.cost_usd, unpriced: group.unpriced_requests }
        : emptyCell;
    }),
    total: { requests: total.requests, costUsd: total.cost_usd, unpriced: total.unpriced_requests },
  };
}

function createSeries(
  id: string,
  name: string | null,
  groups: readonly Group[],
  slots: readonly string[],
  interval: TimeKey,
): Series {
  const bySlot = groupBy(groups, ({ key }) => key[interval]);
  return {
    id,
    name,
    isOther: false,
    cells: slots.map(slot => sumCells((bySlot.get(slot) ?? []).map(toCell))),
    total: sumCells(groups.map(toCell)),
  };
}

/** The cost of some figures in the words of the chart and the tables. */
export function toCell(figures: Figures): Cell {
  return { requests: figures.requests, costUsd: spendOf(figures), unpriced: figures.unpriced_requests };
}

function sumCells(cells: readonly Cell[]): Cell {
  return cells.reduce<Cell>(
    (sum, { requests, costUsd, unpriced }) => ({
      requests: sum.requests + requests,
      costUsd: costUsd === null ? sum.costUsd : (sum.costUsd ?? 0) + costUsd,
      unpriced: sum.unpriced + unpriced,
    }),
    emptyCell,
  );
}

/** `Map.groupBy`, which the types of our ES level lack. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) {
      group.push(item);
    } else {
      groups.set(key, [item]);
    }
  }
  return groups;
}
