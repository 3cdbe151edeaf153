import type { BudgetStatus } from '../../api/contract.ts';
import type { BudgetPeriod } from '../../contributions.ts';
import { formatForecast } from '../notifications/noticeText.ts';
import { computePercent } from '../statusBar/spendText.ts';
import { formatCount, formatUsd } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';
import type { BudgetEntry } from './budgetStore.ts';

/** How a budget stands: "$1.20 of $5.00 (24%)", with its forecast; the limit alone while nothing is known of it. */
export function formatStanding(status: BudgetStatus | undefined, limitUsd: unknown, t: Translate): string {
  if (!status) {
    return typeof limitUsd === 'number' ? formatUsd(limitUsd) : '';
  }
  const percent = computePercent(status) ?? 0;
  const spent = t('{0} of {1} ({2}%)', formatUsd(status.spent_usd), formatUsd(status.limit_usd), formatCount(percent));
  return [spent, formatForecast(status, t)].filter(Boolean).join(' · ');
}

/** What a budget counts and does, as it is written: "each month · all workspaces · agent codex · refuses calls". */
export function formatRules(entry: BudgetEntry, t: Translate): string {
  const { period = 'day', scope = 'workspace', match, enforce } = entry;
  const matched = Object.entries(typeof match === 'object' && match !== null ? match : {});
  return [
    formatEach(period as BudgetPeriod, t),
    scope === 'machine' ? t('all workspaces') : t('this workspace'),
    ...matched.map(([key, value]) => `${formatMatchKey(key, t)} ${value}`),
    enforce === 'gateway' ? t('refuses calls when it is spent') : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

export function formatEach(period: BudgetPeriod, t: Translate): string {
  switch (period) {
    case 'week':
      return t('each week');
    case 'month':
      return t('each month');
    case 'session':
      return t('each session');
    case 'rolling24h':
      return t('any 24 hours');
    default:
      return t('each day');
  }
}

export function formatMatchKey(key: string, t: Translate): string {
  switch (key) {
    case 'agent':
      return t('agent');
    case 'model':
      return t('model');
    case 'taskType':
      return t('task type');
    case 'user':
      return t('user');
    case 'branch':
      return t('branch');
    default:
      return key;
  }
}
