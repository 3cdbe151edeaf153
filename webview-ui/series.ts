/** The figures of the chart and of its table: the same cells feed both, so that they can not differ. Pure. */
import type { Figures, Group, Summary } from '../src/api/contract.ts';
import { daysOfRange } from './days.ts';

/** One day of one model, or a sum of such. */
export interface Cell {
  readonly requests: number;
  /** USD; null when nothing in it is priced. */
  readonly costUsd: number | null;
  readonly unpriced: number;
}

export interface Series {
  /** Stable over refreshes: colours stick to it. */
  readonly id: string;
  /** Null when the calls name no model; meaningless when `isOther`. */
  readonly model: string | null;
  readonly isOther: boolean;
  /** By index of day. */
  readonly cells: readonly Cell[];
  readonly total: Cell;
}

export interface DaySeries {
  /** `YYYY-MM-DD`, without gaps. */
  readonly days: readonly string[];
  /** Dearest first, "other" last. */
  readonly series: readonly Series[];
  readonly totals: readonly Cell[];
  readonly total: Cell;
}

export const modelLimit = 8;
export const otherId = 'other';
const emptyCell: Cell = { requests: 0, costUsd: null, unpriced: 0 };

/** Days by models of a summary grouped by day and model: the dearest `modelLimit` models, the rest summed as "other". */
export function computeDaySeries(byDay: Summary, timeZone: string): DaySeries {
  const days = daysOfRange(byDay, timeZone);
  const models = groupBy(byDay.groups, ({ key }) => (key.model == null ? 'none' : `model:${key.model}`));
  const ofDay = groupBy(byDay.groups, ({ key }) => key.day);
  const ranked = [...models]
    .map(([id, groups]) => createSeries(id, groups, days))
    .sort(
      (a, b) =>
        (b.total.costUsd ?? -1) - (a.total.costUsd ?? -1) ||
        b.total.requests - a.total.requests ||
        a.id.localeCompare(b.id),
    );
  const shown = ranked.slice(0, modelLimit);
  const rest = ranked.slice(modelLimit);
  if (rest.length > 0) {
    const groups = rest.flatMap(({ id }) => models.get(id) ?? []);
    shown.push({ ...createSeries(otherId, groups, days), model: null, isOther: true });
  }
  return {
    days,
    series: shown,
    totals: days.map(day => computeSum(ofDay.get(day) ?? [])),
    total: computeSum([byDay.total]),
  };
}

function createSeries(id: string, groups: readonly Group[], days: readonly string[]): Series {
  const byDay = groupBy(groups, ({ key }) => key.day);
  return {
    id,
    model: groups[0]?.key.model ?? null,
    isOther: false,
    cells: days.map(day => computeSum(byDay.get(day) ?? [])),
    total: computeSum(groups),
  };
}

function computeSum(figures: readonly Figures[]): Cell {
  return figures.reduce<Cell>(
    (sum, { requests, cost_usd, unpriced_requests }) => ({
      requests: sum.requests + requests,
      costUsd: cost_usd === null ? sum.costUsd : (sum.costUsd ?? 0) + cost_usd,
      unpriced: sum.unpriced + unpriced_requests,
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
