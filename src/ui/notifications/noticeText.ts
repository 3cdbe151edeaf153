import type { Notice, NoticeItem } from '../../api/contract.ts';
import type { BudgetPeriod } from '../../contributions.ts';
import { computePercent } from '../statusBar/spendText.ts';
import { formatCount, formatUsd } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/** The text of a notification; `workspace` is null for the machine ledger. What else was crossed at the same time follows. */
export function formatNotice(notice: Notice, workspace: string | null, t: Translate): string {
  const also = notice.also.map(item => formatShort(item, t)).join('; ');
  return [formatItem(notice, workspace, t), also === '' ? '' : t('Also: {0}.', also)].filter(Boolean).join(' ');
}

/** Whether the gateway takes no more calls because of this budget, so that the ways to go on are worth a button each. */
export function isRefusing({ kind, enforce, spent_usd, limit_usd }: NoticeItem): boolean {
  return kind === 'budget' && enforce === 'gateway' && limit_usd !== null && spent_usd >= limit_usd;
}

function formatItem(item: NoticeItem, workspace: string | null, t: Translate): string {
  const spent = formatUsd(item.spent_usd);
  if (item.kind === 'runaway') {
    return t(
      '{0} in 5 minutes, {1} times the usual, in {2}.',
      spent,
      formatTimes(item),
      workspace ?? t('this machine'),
    );
  }
  const limit = formatUsd(item.limit_usd ?? 0);
  const percent = formatCount(computePercent(item) ?? item.threshold ?? 0);
  const name = item.scope === 'machine' ? t('all workspaces') : (workspace ?? t('this machine'));
  const isSpent = item.limit_usd !== null && item.spent_usd >= item.limit_usd;
  const sentence =
    item.budget === 'daily'
      ? isSpent
        ? t("Today's budget of {1} for {3} is spent: {0} so far ({2}%).", spent, limit, percent, name)
        : t("{0} of today's {1} budget for {3} is spent ({2}%).", spent, limit, percent, name)
      : isSpent
        ? t(
            'Budget “{0}” of {1} for {2} is spent: {3} {4} ({5}%).',
            item.budget ?? '',
            limit,
            name,
            spent,
            formatPeriod(item.period, t),
            percent,
          )
        : t(
            '{0} of the {1} budget “{2}” for {3} is spent {4} ({5}%).',
            spent,
            limit,
            item.budget ?? '',
            name,
            formatPeriod(item.period, t),
            percent,
          );
  const refusal = isRefusing(item) ? t('The gateway takes no new calls.') : '';
  return [sentence, isSpent ? '' : formatForecast(item, t), refusal].filter(Boolean).join(' ');
}

/** "On pace for $7.80 by midnight."; empty without a basis. */
export function formatForecast(
  { forecast_usd, period }: Pick<NoticeItem, 'forecast_usd' | 'period'>,
  t: Translate,
): string {
  if (forecast_usd === null) {
    return '';
  }
  const usd = formatUsd(forecast_usd);
  switch (period) {
    case 'day':
      return t('On pace for {0} by midnight.', usd);
    case 'week':
      return t('On pace for {0} by the end of the week.', usd);
    case 'month':
      return t('On pace for {0} by the end of the month.', usd);
    default:
      return '';
  }
}

/** When the spend of a period was: "today", "this week". */
export function formatPeriod(period: BudgetPeriod | null, t: Translate): string {
  switch (period) {
    case 'week':
      return t('this week');
    case 'month':
      return t('this month');
    case 'session':
      return t('in this session');
    case 'rolling24h':
      return t('in 24 hours');
    default:
      return t('today');
  }
}

function formatShort(item: NoticeItem, t: Translate): string {
  const spent = formatUsd(item.spent_usd);
  return item.kind === 'runaway'
    ? t('{0} in 5 minutes, {1} times the usual', spent, formatTimes(item))
    : t('“{0}” {1} of {2} {3}', item.budget ?? '', spent, formatUsd(item.limit_usd ?? 0), formatPeriod(item.period, t));
}

function formatTimes({ times }: NoticeItem): string {
  return formatCount(Math.round(times ?? 0));
}
