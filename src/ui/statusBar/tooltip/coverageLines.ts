import type { Figures, Totals } from '../../../api/contract.ts';
import { formatUsd } from '../../text/numbers.ts';
import type { Translate } from '../../text/translate.ts';

/** How much of today's cost is known exactly: "98% priced, 2% estimated". Nothing before the first call. */
export function formatCoverage({ requests, estimated_requests, unpriced_requests }: Figures, t: Translate): string[] {
  if (requests === 0) {
    return [];
  }
  // Rounded so that nothing that is there reads as nothing, and not all as all.
  const share = (count: number) => Math.min(99, Math.max(1, Math.round((count / requests) * 100)));
  const exact = requests - estimated_requests - unpriced_requests;
  const parts = [
    t('{0}% priced', exact === 0 ? 0 : Math.max(1, Math.floor((exact / requests) * 100))),
    ...(estimated_requests > 0
      ? [t('{0}% estimated', estimated_requests === requests ? 100 : share(estimated_requests))]
      : []),
    ...(unpriced_requests > 0
      ? [t('{0}% unpriced', unpriced_requests === requests ? 100 : share(unpriced_requests))]
      : []),
  ];
  return [t('Today: {0}.', parts.join(', '))];
}

/** What subscriptions pay for, at list price, which is not spend. */
export function formatSubscriptions({ today, month }: Totals, t: Translate): string[] {
  if (month.subscription_cost_usd === null) {
    return [];
  }
  const usd = (figures: Figures) => `~${formatUsd(figures.subscription_cost_usd ?? 0)}`;
  return [t('On subscriptions: {0} today, {1} this month, not in the spend.', usd(today), usd(month))];
}
