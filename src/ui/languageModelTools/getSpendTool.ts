import { type GroupKey, type SummaryPeriod, summaryPeriods } from '../../api/contract.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import type { Tool } from './registerLanguageModelTools.ts';

/** As in package.json, `languageModelTools`. */
export interface GetSpendInput {
  readonly period?: SummaryPeriod;
  readonly group_by?: (typeof groupings)[number];
}

const groupings = ['model', 'agent', 'task_type', 'day'] as const satisfies readonly GroupKey[];
/** A model reads no more lines with use. */
const mostGroups = 30;

/** `get_spend`: what calls cost, and what is left of today's budget. */
export const getSpendTool: Tool<GetSpendInput> = async ({ connection }, { period = 'today', group_by }, signal) => {
  if (!summaryPeriods.includes(period) || (group_by !== undefined && !groupings.includes(group_by))) {
    throw new Error(`period is one of ${summaryPeriods.join(', ')}; group_by one of ${groupings.join(', ')}.`);
  }
  const { totals } = await requireEngine(connection);
  const client = connection.ledger;
  if (!client) {
    throw new Error('The engine of Spend Lens is not running. Try again in a moment.');
  }
  const summary = await client.summary({ period }, group_by === undefined ? [] : [group_by], { signal });
  const { spent_usd, limit_usd, remaining_usd, state } = totals.budget;
  return {
    period,
    from: summary.from,
    to: summary.to,
    total: summary.total,
    ...(group_by === undefined ? {} : { groups: summary.groups.slice(0, mostGroups) }),
    budget_today: { spent_usd, limit_usd, remaining_usd, state },
  };
};
