import type { ExportTable } from '../../../webview-ui/messages.ts';
import type { Group } from '../../api/contract.ts';
import { spendOf } from '../../core/spend.ts';
import { dayOf } from '../../core/time/calendar.ts';
import { formatCsv } from './exportText.ts';

/** This month and the eleven before it, newest first, as `YYYY-MM` of the zone. */
export function lastMonths(nowMs: number, zone: string): readonly string[] {
  const [year = 0, month = 0] = dayOf(nowMs, zone).split('-').map(Number);
  return Array.from({ length: 12 }, (_, ago) => {
    const count = year * 12 + month - 1 - ago;
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
  });
}

const columns = [
  ...['month', 'team', 'project', 'user', 'model'].map(id => ({ id, title: id, isNumber: false })),
  ...['requests', 'input_tokens', 'output_tokens', 'spend_usd', 'subscription_usd', 'unpriced_requests'].map(id => ({
    id,
    title: id,
    isNumber: true,
  })),
];

/**
 * A month's spend as CSV, a line for each team, project, user and model. `spend_usd` is what is paid per token (empty where no price is
 * known), `subscription_usd` what subscriptions cover at list price.
 */
export function formatChargeback(month: string, groups: readonly Group[]): string {
  const rows: ExportTable['rows'] = groups.map(({ key, ...figures }) => [
    month,
    key.team ?? null,
    key.project ?? null,
    key.user_id ?? null,
    key.model ?? null,
    figures.requests,
    figures.prompt_tokens,
    figures.completion_tokens,
    spendOf(figures),
    figures.subscription_cost_usd,
    figures.unpriced_requests,
  ]);
  return formatCsv([{ title: 'chargeback', columns, rows, texts: [] }]);
}
