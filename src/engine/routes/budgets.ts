import type { BudgetReport } from '../../api/contract.ts';
import { asObject } from '../../capture/json.ts';
import { readHistory } from '../budgets/budgetHistory.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { readJson } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';

const defaultPeriods = 12;
const maxPeriods = 60;
const maxBytes = 10_000;
const minuteMs = 60_000;
/** A day is long enough for an exception. */
const maxMinutes = 1_440;

/** `GET /v1/budgets`: every budget as it stands, with what its last periods spent. */
export const budgetsRoute: Route = {
  method: 'GET',
  path: '/v1/budgets',
  access: 'ledger',
  handle: async call => {
    const { engine, query, response } = call;
    const live = findLedger(call);
    const count = parsePeriods(query.get('periods'));
    const budgets: BudgetReport[] = [];
    for (const assessed of live.budgets.assess()) {
      const { budget } = assessed;
      const { machineSums } = engine;
      const input = { live, ledgers: engine.ledgers(), machineSums, budget, count, nowMs: Date.now() };
      budgets.push({
        ...live.budgets.formatStatus(assessed),
        match: budget.match,
        thresholds: budget.thresholds,
        include_subscriptions: budget.includeSubscriptions,
        history: await readHistory(input),
      });
    }
    sendJson(response, 200, { budgets });
  },
};

/** `POST /v1/budgets/{name}/allow` `{minutes}`: an enforcing budget may be overdrawn for a while; 0 ends that. */
export const allowRoute: Route = {
  method: 'POST',
  path: '/v1/budgets/:name/allow',
  access: 'admin',
  handle: async call => {
    const live = findLedger(call);
    const minutes = parseMinutes(await readJson(call.request, { maxBytes, mayBeEmpty: true }));
    const budget = live.budgets.list.find(({ name }) => name === call.params.name);
    if (!budget) {
      throw new HttpProblem(404, 'There is no budget of this name.', { field: 'name' });
    }
    const now = Date.now();
    await live.budgets.marksOf(budget).allow(budget.key, now + minutes * minuteMs, now);
    for (const { news } of call.engine.ledgers()) {
      news.touch();
    }
    const assessed = live.budgets.assess().find(each => each.budget === budget);
    sendJson(call.response, 200, assessed ? live.budgets.formatStatus(assessed) : {});
  },
};

function parsePeriods(text: string | null): number {
  const periods = text === null ? defaultPeriods : Number(text);
  if (!Number.isInteger(periods) || periods < 1 || periods > maxPeriods) {
    throw new HttpProblem(400, `periods must be a whole number from 1 to ${maxPeriods}.`, { field: 'periods' });
  }
  return periods;
}

function parseMinutes(body: unknown): number {
  const minutes = asObject(body)?.minutes ?? 60;
  if (!Number.isInteger(minutes) || (minutes as number) < 0 || (minutes as number) > maxMinutes) {
    throw new HttpProblem(400, `minutes must be a whole number from 0 to ${maxMinutes}.`, { field: 'minutes' });
  }
  return minutes as number;
}
