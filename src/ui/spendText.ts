import type { BudgetAnswer, Figures } from '../api/contract.ts';
import { formatUsd } from '../core/money.ts';
import type { ConnectionState } from './connection/engineConnection.ts';
import type { Translate } from './translate.ts';

/** What the spend item shows; the item class only assigns it. */
export interface SpendItem {
  readonly text: string;
  /** Read aloud instead of the text; a sentence. */
  readonly label: string;
  /** Which background: the budget's threshold, or its end. */
  readonly severity: 'none' | 'warning' | 'error';
}

export function formatSpendItem(state: ConnectionState, t: Translate): SpendItem {
  switch (state.kind) {
    case 'starting':
      return { text: '$(pulse) –', label: t('Spend Lens is starting its engine'), severity: 'none' };
    case 'stopped':
      return {
        text: '$(warning) Spend Lens',
        label: t('Spend Lens has stopped: new calls are not recorded. Press to restart its engine.'),
        severity: 'none',
      };
    case 'running': {
      const { today, budget } = state.totals;
      return {
        text: `$(pulse) ${formatSpend(today)}`,
        label: [formatSpokenSpend(today, t), formatSpokenBudget(budget, t)].filter(Boolean).join(', '),
        severity: budget.state === 'exceeded' ? 'error' : budget.state === 'warning' ? 'warning' : 'none',
      };
    }
  }
}

/** Spend of a set of calls; no calls are $0.00, calls without any price "unpriced". */
export function formatSpend({ cost_usd, requests }: Pick<Figures, 'cost_usd' | 'requests'>): string {
  return formatUsd(requests === 0 ? 0 : cost_usd);
}

/** Part of a limit in whole percent; 100 is not shown before it is reached. Null without a limit. */
export function computePercent({ spent_usd, limit_usd }: Pick<BudgetAnswer, 'spent_usd' | 'limit_usd'>): number | null {
  if (limit_usd === null || limit_usd <= 0) {
    return null;
  }
  const percent = Math.round((spent_usd / limit_usd) * 100);
  return percent >= 100 && spent_usd < limit_usd ? 99 : percent;
}

/**
 * What is left of a limit, USD, as it is shown beside what is spent: both are rounded to cents, and a reader adds them up. Half a
 * cent spent would else be half a cent too much on both sides.
 */
export function computeShownLeft({ spent_usd, limit_usd, remaining_usd }: BudgetAnswer): number | null {
  if (limit_usd === null || remaining_usd === null || remaining_usd <= 0) {
    return remaining_usd;
  }
  const toCents = (usd: number): number => Math.round(Number(`${usd.toFixed(9)}e2`));
  const leftCents = toCents(limit_usd) - toCents(spent_usd);
  return leftCents > 0 ? leftCents / 100 : remaining_usd;
}

function formatSpokenSpend(today: Figures, t: Translate): string {
  if (today.cost_usd === null && today.requests > 0) {
    return t('LLM spend today is not known, as no price is known for its {0} requests', today.requests);
  }
  return t('LLM spend today {0}', formatSpokenUsd(today.cost_usd ?? 0, t));
}

function formatSpokenBudget(budget: BudgetAnswer, t: Translate): string {
  const percent = computePercent(budget);
  return percent === null ? '' : t('{0} percent of the daily budget', percent);
}

/** An amount as it is said: "1 dollar 23 cents". */
export function formatSpokenUsd(usd: number, t: Translate): string {
  if (usd > 0 && usd < 0.01) {
    return t('less than 1 cent');
  }
  const cents = Math.round(usd * 100 + 1e-9);
  const [dollars, rest] = [Math.floor(cents / 100), cents % 100];
  const parts = [dollars === 1 ? t('1 dollar') : t('{0} dollars', dollars)];
  if (rest > 0) {
    parts.push(rest === 1 ? t('1 cent') : t('{0} cents', rest));
  }
  return (dollars === 0 && rest > 0 ? parts.slice(1) : parts).join(' ');
}
