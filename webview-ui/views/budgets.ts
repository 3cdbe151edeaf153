/** Budgets as they stand, with where they are heading, and what their past periods came to. */
import type { BudgetPeriodSpend, BudgetReport } from '../../src/api/contract.ts';
import { createButton } from '../components.ts';
import { h, setText } from '../dom.ts';
import { formatInstant, formatShare, formatUsd } from '../format.ts';
import type { ViewContent } from '../messages.ts';
import { createTable } from '../table/table.ts';
import { fill, texts } from '../texts.ts';
import { createUsdColumn, createUsedColumns } from './budgetColumns.ts';
import type { PageEvents, Sorts, ViewPart } from './viewPart.ts';

type Content = Extract<ViewContent, { kind: 'budgets' }>;
type Past = BudgetPeriodSpend & { readonly name: string };

const periodTexts = {
  day: texts.perDay,
  week: texts.perWeek,
  month: texts.perMonth,
  session: texts.perSession,
  rolling24h: texts.per24h,
} as const;
const stateTexts = { ok: texts.budgetOk, warning: texts.budgetWarning, exceeded: texts.budgetExceeded } as const;

export function createBudgets(sorts: Sorts, events: PageEvents): ViewPart<Content> {
  let timeZone = 'UTC';
  const pace = h('p', { class: 'quiet' });
  const change = createButton(texts.changeBudgets, () => events.run('editBudgets'));
  const now = createTable<BudgetReport>({
    id: 'budgets',
    title: texts.currentBudgets,
    rowId: ({ name, scope }) => `${scope} ${name}`,
    sort: sorts.budgets ?? { column: 'used', descending: true },
    onDidSort: sort => events.onDidSort('budgets', sort),
    columns: [
      {
        id: 'name',
        title: texts.budget,
        kind: 'name',
        value: ({ name }) => name,
        text: ({ name }) => formatName(name),
        detail: ({ scope }) => (scope === 'machine' ? texts.budgetMachine : texts.budgetWorkspace),
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
      createUsdColumn('remaining_usd', texts.budgetLeft),
      ...createUsedColumns<BudgetReport>(),
      {
        id: 'forecast_usd',
        title: texts.budgetForecast,
        kind: 'number',
        value: ({ forecast_usd: forecast }) => forecast,
        text: ({ forecast_usd: forecast }) => (forecast === null ? texts.noForecast : formatUsd(forecast)),
      },
      {
        id: 'state',
        title: texts.budgetState,
        kind: 'text',
        value: ({ state }) => state,
        text: ({ state }) => stateTexts[state],
      },
    ],
  });
  const past = createTable<Past>({
    id: 'budgetHistory',
    title: texts.budgetHistory,
    pageSize: 20,
    rowId: ({ name, from, session_id: session }) => `${name} ${from} ${session}`,
    sort: sorts.budgetHistory ?? { column: 'from', descending: true },
    onDidSort: sort => events.onDidSort('budgetHistory', sort),
    columns: [
      {
        id: 'name',
        title: texts.budget,
        kind: 'name',
        value: ({ name }) => name,
        text: ({ name }) => formatName(name),
        detail: ({ session_id: session }) => session ?? '',
      },
      {
        id: 'from',
        title: texts.from,
        kind: 'text',
        value: ({ from }) => from,
        text: ({ from }) => formatInstant(from, timeZone),
      },
      { id: 'to', title: texts.to, kind: 'text', value: ({ to }) => to, text: ({ to }) => formatInstant(to, timeZone) },
      createUsdColumn('spent_usd', texts.budgetSpent),
      // What the limit was then is not kept.
      { ...createUsdColumn<'limit_usd', Past>('limit_usd', texts.budgetLimitNow), hint: texts.budgetLimitNowHint },
      {
        id: 'used',
        title: texts.budgetUsedNow,
        hint: texts.budgetLimitNowHint,
        kind: 'number',
        value: each => (each.limit_usd > 0 ? each.spent_usd / each.limit_usd : null),
        text: each => formatShare(each.spent_usd, each.limit_usd),
      },
    ],
  });
  const none = h(
    'section',
    { class: 'empty' },
    h('h2', {}, texts.noBudgets),
    h('p', {}, texts.noBudgetsHint),
    createButton(texts.setBudget, () => events.run('editBudgets'), { appearance: 'primary' }).element,
  );
  now.tools.append(change.element);
  return {
    element: h('div', { class: 'budgets' }, none, pace, now.element, past.element),
    update: ({ budgets, burn }, content) => {
      timeZone = content.timeZone;
      none.hidden = budgets.length > 0;
      now.element.hidden = budgets.length === 0;
      pace.hidden = burn === null;
      const usual = burn?.usual_usd_per_hour ?? null;
      const hour = formatUsd(burn?.usd_per_hour ?? 0);
      setText(pace, usual === null ? fill(texts.burn, hour) : fill(texts.burnUsual, hour, formatUsd(usual)));
      now.update(budgets);
      // The first is the one under way, which stands above.
      const periods = budgets.flatMap(({ name, history }) => history.slice(1).map(each => ({ name, ...each })));
      past.element.hidden = periods.length === 0;
      past.update(periods);
    },
    export: () => [now, past].filter(({ element }) => !element.hidden).map(table => table.export()),
  };
}

/** The simple daily budget has no name of the user's. */
function formatName(name: string): string {
  return name === 'daily' ? texts.budgetDaily : name;
}
