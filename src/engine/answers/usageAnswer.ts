import type { UsageAnswer } from '../../api/contract.ts';
import type { CaptureItem } from '../../capture/usageBody.ts';
import type { Appended } from '../../ledger/ledger.ts';
import { formatCost } from './figures.ts';

type Stored = NonNullable<UsageAnswer['records'][number]>;

/**
 * What became of each input. `appended` belongs to the records among the items, in their order. An input that was several
 * calls (an advisor, a fallback) is answered with the first one's id and the sum of their costs.
 */
export function formatUsageAnswer(
  items: readonly CaptureItem[],
  appended: readonly Appended[],
): Omit<UsageAnswer, 'budget'> {
  const rejected: UsageAnswer['rejected'][number][] = [];
  const calls: (Appended[] | undefined)[] = [];
  let count = 0;
  let next = 0;
  for (const item of items) {
    count = Math.max(count, item.input + 1);
    if (item.kind === 'rejected') {
      rejected.push({ index: item.input, field: item.field, error: item.error });
      continue;
    }
    const call = appended[next++];
    if (call) {
      const known = calls[item.input];
      if (known) {
        known.push(call);
      } else {
        calls[item.input] = [call];
      }
    }
  }
  const stored = calls.filter(input => input !== undefined);
  const duplicates = stored.filter(input => input.every(call => call.duplicate)).length;
  return {
    accepted: stored.length - duplicates,
    duplicates,
    rejected,
    records: Array.from({ length: count }, (_, input) => formatStored(calls[input] ?? [])),
  };
}

function formatStored(calls: readonly Appended[]): Stored | null {
  const [first, ...rest] = calls;
  if (!first) {
    return null;
  }
  if (rest.length === 0) {
    return { id: first.id, cost_usd: formatCost(first.costNanoUsd), cost_basis: first.costBasis };
  }
  const costs = calls.flatMap(call => call.costNanoUsd ?? []);
  const isAlike = rest.every(call => call.costBasis === first.costBasis);
  return {
    id: first.id,
    cost_usd: formatCost(costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0)),
    // Of different ones the sum is no better than an estimate.
    cost_basis: isAlike ? first.costBasis : 'estimated',
  };
}
