import type { Notice } from '../api/contract.ts';
import { formatUsd } from '../core/money.ts';
import { computePercent } from './spendText.ts';
import type { Translate } from './translate.ts';

/** The text of a budget notification; `workspace` is null for the machine ledger. */
export function formatNotice(notice: Notice, workspace: string | null, t: Translate): string {
  const spent = formatUsd(notice.spent_usd);
  const limit = formatUsd(notice.limit_usd);
  const percent = computePercent(notice) ?? notice.threshold;
  const name = workspace ?? t('this machine');
  return notice.spent_usd >= notice.limit_usd
    ? t("Today's budget of {1} for {3} is spent: {0} so far ({2}%).", spent, limit, percent, name)
    : t("{0} of today's {1} budget for {3} is spent ({2}%).", spent, limit, percent, name);
}
