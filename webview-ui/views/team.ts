/** What all engines of a team spent: its figures over time, one breakdown, and the budgets that its lead keeps. */
import type { Group } from '../../src/api/contract.ts';
import type { TeamBudgetAnswer } from '../../src/api/teamContract.ts';
import { spendOf } from '../../src/core/spend.ts';
import { createSpendChart } from '../chart/chart.ts';
import { computeSeries, type TimeSeries, toCell } from '../chart/series.ts';
import { exportSeries } from '../chart/seriesTable.ts';
import { slotsOfRange } from '../chart/slots.ts';
import { createButton, createChoice } from '../components.ts';
import { byTexts, dimensionTexts } from '../dimensions.ts';
import { h, setText } from '../dom.ts';
import { formatCost, formatCount, formatUsd } from '../format.ts';
import { type Place, type TeamDimension, teamDimensionOf, teamDimensions, type ViewContent } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createUsdColumn, createUsedColumns } from './budgetColumns.ts';
import { createFigureColumns, createGroupColumn, dearestFirst, formatCostDetail } from './figureColumns.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'team' }>;

const titleTexts = {
  hour: texts.spendByHour,
  day: texts.spendByDay,
  week: texts.spendByWeek,
  month: texts.spendByMonth,
} as const;
const periodTexts = { day: texts.perDay, week: texts.perWeek, month: texts.perMonth } as const;

export function createTeam(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  let place: Place | null = null;
  let dimension: TeamDimension = 'team';
  let series: { readonly data: TimeSeries; readonly title: string } | null = null;

  const sentence = h('p', { class: 'lead' });
  const chargeback = createButton(texts.chargeback, () => events.run('exportChargeback'));
  const none = h('section', { class: 'empty' }, h('h2', {}, texts.teamEmpty), h('p', {}, texts.teamEmptyHint));
  const chart = createSpendChart();
  const nameOf = (group: Group) => group.key[dimension] ?? null;
  const table = createTable<Group>({
    id: 'teamBreakdown',
    title: texts.breakdown,
    rowId: group => JSON.stringify(nameOf(group)),
    sort: sorts.teamBreakdown ?? dearestFirst,
    onDidSort: sort => events.onDidSort('teamBreakdown', sort),
    columns: [
      createGroupColumn(nameOf, name => events.go({ filter: { ...place?.filter, [dimension]: [name] } })),
      ...createFigureColumns<Group>(group => group, null),
    ],
  });
  const choices = createChoice(
    texts.breakdown,
    teamDimensions.map(each => [each, dimensionTexts[each]]),
    next => events.go({ dimension: next }),
  );
  table.tools.append(choices.element, chargeback.element);
  const budgets = createTeamBudgets(sorts, events);
  const figures = h('div', { class: 'team-figures' }, sentence, chart.element, table.element);
  const element = h('div', { class: 'team' });
  return {
    element,
    update: ({ spend, breakdown, budgets: kept, interval }, { place: current, timeZone }) => {
      // Few people have a team: until one is shown, the page is not made to hold a second chart.
      if (element.childElementCount === 0) {
        element.append(none, figures, budgets.element);
      }
      place = current;
      dimension = teamDimensionOf(current.dimension);
      const isEmpty = breakdown.total.requests === 0;
      none.hidden = !isEmpty;
      figures.hidden = isEmpty;
      const { total } = breakdown;
      const requests = formatCount(total.requests);
      const detail = formatCostDetail(total);
      setText(sentence, `${fill(texts.teamSpent, formatCost(toCell(total)), requests)}${detail && ` · ${detail}`}`);
      const title = fill(titleTexts[interval], byTexts[dimension]);
      const data = computeSeries(spend, slotsOfRange(spend, interval, timeZone), interval, dimension);
      series = { data, title };
      chart.update(data, title);
      choices.select(dimension);
      table.setTitle(fill(texts.breakdownOf, byTexts[dimension]), dimensionTexts[dimension]);
      table.update(breakdown.groups);
      budgets.element.hidden = kept.length === 0;
      budgets.update(kept);
    },
    export: () => [
      ...(series ? [exportSeries(series.data, series.title)] : []),
      table.export(),
      ...(budgets.element.hidden ? [] : [budgets.export()]),
    ],
  };
}

function createTeamBudgets(sorts: Sorts, events: PageEvents) {
  const labelsOf = ({ team, project, user_id: user }: TeamBudgetAnswer) =>
    [team, project, user].filter(label => label !== null).join(' · ');
  return createTable<TeamBudgetAnswer>({
    id: 'teamBudgets',
    title: texts.teamBudgets,
    rowId: ({ name }) => name,
    sort: sorts.teamBudgets ?? { column: 'used', descending: true },
    onDidSort: sort => events.onDidSort('teamBudgets', sort),
    columns: [
      {
        id: 'name',
        title: texts.budget,
        kind: 'name',
        value: ({ name }) => name,
        text: ({ name }) => name,
        detail: labelsOf,
      },
      {
        id: 'period',
        title: texts.budgetPeriod,
        kind: 'text',
        value: ({ period }) => period,
        text: ({ period }) => periodTexts[period],
      },
      createUsdColumn('spent_usd', texts.budgetSpent),
      createUsdColumn('limit_usd', texts.budgetLimit),
      ...createUsedColumns<TeamBudgetAnswer>(),
    ],
  });
}

/** What the team spent in a sentence to be read out. */
export function describeTeam({ breakdown: { total } }: Content): string {
  const spend = spendOf(total);
  return fill(
    texts.teamSpent,
    spend === null ? formatCost(toCell(total)) : formatUsd(spend),
    formatCount(total.requests),
  );
}
