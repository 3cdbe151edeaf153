/** The overview: figures, spend over time, tokens by kind, one breakdown, and models without a price. */
import type { Group } from '../../src/api/contract.ts';
import type { FilterKey } from '../../src/core/filter.ts';
import { createSpendChart } from '../chart/chart.ts';
import { computeKindSeries, computeSeries, type TimeSeries } from '../chart/series.ts';
import { exportSeries } from '../chart/seriesTable.ts';
import { slotsOfRange } from '../chart/slots.ts';
import { createChoice } from '../components.ts';
import { daysOfRange } from '../days.ts';
import { byTexts, dimensions, dimensionTexts } from '../dimensions.ts';
import { h } from '../dom.ts';
import { possibleIntervals } from '../intervals.ts';
import { intervals, type Place, stacks, type ViewContent } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createFigureColumns, createGroupColumn, dearestFirst } from './figureColumns.ts';
import { createFigures } from './figures.ts';
import { createKinds, kindTexts } from './kinds.ts';
import { createUnpriced } from './unpriced.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'overview' }>;

const stackTexts = {
  model: texts.model,
  agent: texts.agent,
  task_type: texts.taskType,
  kind: texts.kind,
} as const;
const intervalTexts = {
  auto: texts.intervalAuto,
  hour: texts.intervalHour,
  day: texts.intervalDay,
  week: texts.intervalWeek,
  month: texts.intervalMonth,
} as const;
const titleTexts = {
  hour: texts.spendByHour,
  day: texts.spendByDay,
  week: texts.spendByWeek,
  month: texts.spendByMonth,
} as const;

export function createOverview(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  let place: Place | null = null;
  let dimension: FilterKey = 'model';
  let series: { readonly data: TimeSeries; readonly title: string } | null = null;
  const filter = () => place?.filter ?? {};
  const explain = (label: string, extra: Place['filter'] = {}) =>
    events.go({ explained: { kind: 'calls', label, filter: { ...filter(), ...extra } } });

  const figures = createFigures(label => explain(label));
  const kinds = createKinds(label => explain(label));
  const unpriced = createUnpriced(model => events.run('setPriceOverride', model));
  const chart = createSpendChart();
  const stack = createChoice(
    texts.stackBy,
    stacks.map(each => [each, stackTexts[each]]),
    next => events.go({ stack: next }),
  );
  const interval = createChoice(
    texts.barLength,
    intervals.map(each => [each, intervalTexts[each]]),
    next => events.go({ interval: next }),
  );
  chart.tools.append(stack.element, interval.element);

  const nameOf = (group: Group) => group.key[dimension] ?? null;
  const table = createTable<Group>({
    id: 'breakdown',
    title: texts.breakdown,
    rowId: group => JSON.stringify(nameOf(group)),
    sort: sorts.breakdown ?? dearestFirst,
    onDidSort: sort => events.onDidSort('breakdown', sort),
    columns: [
      createGroupColumn(nameOf, name => events.go({ filter: { ...filter(), [dimension]: [name] } })),
      ...createFigureColumns<Group>(group => group, {
        label: group => nameOf(group) ?? texts.none,
        run: group => explain(nameOf(group) ?? texts.none, { [dimension]: [nameOf(group)] }),
      }),
    ],
  });
  const choices = createChoice(
    texts.breakdown,
    dimensions.map(each => [each, dimensionTexts[each]]),
    next => events.go({ dimension: next }),
  );
  table.tools.append(choices.element);

  return {
    element: h(
      'div',
      { class: 'overview' },
      figures.element,
      unpriced.element,
      h('div', { class: 'beside' }, chart.element, kinds.element),
      table.element,
    ),
    update: (content, { place: current, timeZone }) => {
      place = current;
      const { summary, costs, breakdown, models, interval: length } = content;
      figures.update(summary, costs);
      kinds.update(costs);
      unpriced.update(models, summary);

      const days = daysOfRange(summary, timeZone).length;
      const possible = ['auto', ...possibleIntervals(days)];
      interval.offer(intervals.filter(each => possible.includes(each)));
      interval.select(possible.includes(current.interval) ? current.interval : 'auto');
      stack.select(current.stack);
      const slots = slotsOfRange(summary, length, timeZone);
      const title = fill(titleTexts[length], current.stack === 'kind' ? texts.byKind : byTexts[current.stack]);
      const data =
        current.stack === 'kind'
          ? computeKindSeries(costs, slots, length, kindTexts)
          : computeSeries(summary, slots, length, current.stack);
      series = { data, title };
      chart.update(data, title);

      dimension = current.dimension;
      const chosen = dimensions.find(each => each === dimension) ?? 'model';
      choices.select(chosen);
      table.setTitle(fill(texts.breakdownOf, byTexts[chosen]), dimensionTexts[dimension]);
      table.update(breakdown.groups);
    },
    export: () => [
      figures.export(),
      ...unpriced.export(),
      ...(series ? [exportSeries(series.data, series.title)] : []),
      table.export(),
      kinds.export(),
    ],
  };
}
