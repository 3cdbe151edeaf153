/** The day's summary as `npm start` prints it last. */
import type { BudgetAnswer, Summary } from '../../../src/api/contract.ts';
import { formatUsd } from '../../../src/ui/text/numbers.ts';

/** Lines for people: spend by model, dearest first, and the total with its share of the daily budget. */
export function formatDailySummary(
  day: string,
  { total, groups }: Summary,
  { limit_usd: limit }: BudgetAnswer,
): string {
  const lines = groups.map(
    ({ key, requests, cost_usd: cost }) => `${key.model ?? '(no model)'}: ${requests} requests, ${formatUsd(cost)}`,
  );
  const share = limit === null ? '' : ` · ${Math.round(((total.cost_usd ?? 0) / limit) * 100)}% of the daily budget`;
  return [`Daily Summary (${day})`, ...lines, `Total: ${formatUsd(total.cost_usd)}${share}`].join('\n');
}
