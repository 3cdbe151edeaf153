import type { BudgetStatus, Totals } from '../../../api/contract.ts';
import { commands } from '../../../contributions.ts';
import { formatForecast } from '../../notifications/noticeText.ts';
import { escapeMarkdown, formatCommandLink } from '../../text/markdown.ts';
import { formatCount, formatUsd } from '../../text/numbers.ts';
import type { Translate } from '../../text/translate.ts';
import { computePercent } from '../spendText.ts';

/** More are only counted. */
const mostBudgets = 4;
const barLength = 10;

/** Every budget with how much of it is used, as a bar and in words, and where it is heading; they lead to the report's budgets. */
export function formatBudgets({ budgets }: Totals, t: Translate): string[] {
  if (budgets.length === 0) {
    return [`${t('No daily budget.')} ${formatCommandLink(t('Set Budget'), commands.changeBudget)}`];
  }
  const rest = budgets.length - mostBudgets;
  const more = formatCommandLink(t('Budgets'), commands.openReport, { view: 'budgets' });
  const change = formatCommandLink(t('Change Budget'), commands.changeBudget);
  const lines = budgets.slice(0, mostBudgets).map(budget => formatBudget(budget, t));
  return [[...lines, ...(rest > 0 ? [t('and {0} more', formatCount(rest))] : []), `${more} · ${change}`].join('  \n')];
}

/** How fast money goes, where it goes at all. */
export function formatBurn({ burn }: Totals, t: Translate): string[] {
  if (!burn || burn.usd_per_hour === 0) {
    return [];
  }
  const hour = formatUsd(burn.usd_per_hour);
  return [
    burn.usual_usd_per_hour === null
      ? t('{0} in the last hour.', hour)
      : t('{0} in the last hour; {1} is usual.', hour, formatUsd(burn.usual_usd_per_hour)),
  ];
}

function formatBudget(budget: BudgetStatus, t: Translate): string {
  const percent = computePercent(budget) ?? 0;
  const filled = Math.min(barLength, Math.floor((percent * barLength) / 100));
  const bar = '█'.repeat(filled) + '░'.repeat(barLength - filled);
  const name = budget.name === 'daily' ? t('Today') : escapeMarkdown(budget.name);
  const words =
    budget.state === 'exceeded'
      ? t(
          'Budget of {0} is used up: {1} spent ({2}%).',
          formatUsd(budget.limit_usd),
          formatUsd(budget.spent_usd),
          formatCount(percent),
        )
      : t('{0} of {1} spent ({2}%).', formatUsd(budget.spent_usd), formatUsd(budget.limit_usd), formatCount(percent));
  return [`${bar} **${name}**`, words, formatForecast(budget, t)].filter(Boolean).join(' ');
}
