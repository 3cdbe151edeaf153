import type { BudgetAnswer, BudgetStatus, Figures, SessionTotals, Totals } from '../../api/contract.ts';
import type { BarFigure, BudgetScope } from '../../contributions.ts';
import { spendOf } from '../../core/spend.ts';
import type { ConnectionState } from '../connection/engineConnection.ts';
import { formatCount, formatTokens, formatUsd, formatUsdFixed, formatUsdShort, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/** What the spend item shows; the item class only assigns it. */
export interface SpendItem {
  readonly text: string;
  /** Read aloud instead of the text; a sentence. */
  readonly label: string;
  /** Which background: the budget's threshold, or its end. */
  readonly severity: 'none' | 'warning' | 'error';
}

/** What the settings say about the item. */
export interface BarOptions {
  readonly show: BarFigure;
  readonly scope: BudgetScope;
}

/** High contrast themes have no backgrounds: a budget's state shows in the icon, too. */
const icons = { none: 'pulse', ok: 'pulse', warning: 'warning', exceeded: 'error' } as const;

/** A session whose last call is not older is at work: agents think and run tools between two calls. ms. */
const runningMs = 120_000;

/** `nowMs` is epoch ms; a session that is at work is shown until it has been quiet for two minutes. */
export function formatSpendItem(state: ConnectionState, options: BarOptions, nowMs: number, t: Translate): SpendItem {
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
      const { totals } = state;
      const isStored = !state.engine.storage_problem;
      const { text, label } = formatFigure(totals, options, nowMs, t);
      return {
        // What is shown stays true, and no longer grows.
        text: `$(${isStored ? icons[totals.budget.state] : 'warning'}) ${text}`,
        label: [label, formatSpokenBudget(totals.budget, t), isStored ? '' : t('new calls can’t be stored')]
          .filter(Boolean)
          .join(', '),
        severity: totals.budget.state === 'exceeded' ? 'error' : totals.budget.state === 'warning' ? 'warning' : 'none',
      };
    }
  }
}

/** The session that is at work now, or null. */
export function findRunning({ sessions }: Totals, nowMs: number): SessionTotals | null {
  const [latest] = sessions;
  return latest && nowMs - Date.parse(latest.last_record) < runningMs ? latest : null;
}

/** When the running session counts as quiet, if nothing more comes; null while none runs. Epoch ms. */
export function findQuietAt(totals: Totals, nowMs: number): number | null {
  const running = findRunning(totals, nowMs);
  return running && Date.parse(running.last_record) + runningMs;
}

interface BarText {
  readonly text: string;
  readonly label: string;
}

function formatFigure(totals: Totals, { show, scope }: BarOptions, nowMs: number, t: Translate): BarText {
  const of = scope === 'machine' ? totals.machine : totals;
  switch (show) {
    case 'session': {
      const [latest] = totals.sessions;
      return latest
        ? { text: fit(...formatBarSpend(latest)), label: formatSpokenSession(latest, t) }
        : { text: '–', label: t('No session in the last hour') };
    }
    case 'budgetLeft': {
      const budget = findTightest(totals, scope);
      if (budget) {
        const left = computeShownLeft(budget) ?? 0;
        return {
          text: fit(...[formatBarUsd(left), formatShortUsd(left)].map(usd => t('{0} left', usd)), formatShortUsd(left)),
          label: t('{0} of the budget left', formatSpokenUsd(left, t)),
        };
      }
      return formatToday(totals, of?.today ?? null, nowMs, t);
    }
    case 'month':
      return of
        ? { text: fit(...formatBarSpend(of.month)), label: formatSpokenMonth(of.month, t) }
        : { text: '–', label: t('Spend Lens is adding up all workspaces') };
    case 'tokens': {
      const tokens = of && of.today.prompt_tokens + of.today.completion_tokens;
      return tokens == null
        ? { text: '–', label: t('Spend Lens is adding up all workspaces') }
        : {
            text: fit(t('{0} tok', formatTokens(tokens)), formatTokens(tokens)),
            label: t('{0} tokens today', formatTokens(tokens)),
          };
    }
    case 'today':
      return formatToday(totals, of?.today ?? null, nowMs, t);
  }
}

/** Today's spend and, while a session is at work, what that cost so far. */
function formatToday(totals: Totals, today: Figures | null, nowMs: number, t: Translate): BarText {
  if (today === null) {
    return { text: '–', label: t('Spend Lens is adding up all workspaces') };
  }
  const running = findRunning(totals, nowMs);
  const spoken = formatSpokenSpend(today, t);
  if (running === null || spendOf(running) === null) {
    return { text: fit(...formatBarSpend(today)), label: spoken };
  }
  const [all, run] = [formatBarSpend(today), formatBarSpend(running)];
  return {
    // Both, with fewer digits where they must be and then without the word, else today's alone.
    text: fit(...all.map((usd, form) => t('{0} · run {1}', usd, run[form] ?? '')), `${all[1]} · ${run[1]}`, ...all),
    label: `${spoken}, ${formatSpokenSession(running, t)}`,
  };
}

/** The budget of a scope of which the largest part is used; null when there is none. */
function findTightest({ budget, budgets }: Totals, scope: BudgetScope): BudgetAnswer | null {
  if (scope === 'workspace') {
    return budget.limit_usd === null ? null : budget;
  }
  const used = ({ spent_usd, limit_usd }: BudgetStatus) => spent_usd / limit_usd;
  return budgets.filter(each => each.scope === 'machine').sort((a, b) => used(b) - used(a))[0] ?? null;
}

/** Spend of a set of calls, subscriptions left out; no calls are $0.00, calls without any price "unpriced". */
export function formatSpend(figures: Pick<Figures, 'cost_usd' | 'subscription_cost_usd' | 'requests'>): string {
  return formatUsd(figures.requests === 0 ? 0 : spendOf(figures));
}

/** The bar is narrow: characters beside the icon. */
const mostCharacters = 20;

/** The first of some ways to say something that is short enough, else the last. */
function fit(...ways: readonly string[]): string {
  return ways.find(way => [...way].length <= mostCharacters) ?? ways.at(-1) ?? '';
}

/** What is spent, in two lengths. */
function formatBarSpend(figures: Figures): readonly [string, string] {
  const spend = figures.requests === 0 ? 0 : spendOf(figures);
  return spend === null ? [formatUsd(null), formatUsd(null)] : [formatBarUsd(spend), formatShortUsd(spend)];
}

/** USD for a narrow place: cents matter up to a thousand dollars, dollars up to a million. */
export function formatBarUsd(usd: number): string {
  if (usd < 1000) {
    return formatUsd(usd);
  }
  return usd < 1e6 ? formatUsdFixed(usd, 0) : formatUsdShort(usd);
}

/** USD where even that is too long: cents up to a hundred dollars, then three digits that count. */
function formatShortUsd(usd: number): string {
  return usd < 99.995 ? formatUsd(usd) : formatUsdShort(usd);
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
  if (today.requests > 0 && spendOf(today) === null) {
    return t('LLM spend today is not known, as no price is known for its {0} requests', formatCount(today.requests));
  }
  return t('LLM spend today {0}', formatSpokenUsd(spendOf(today) ?? 0, t));
}

function formatSpokenMonth(month: Figures, t: Translate): string {
  return month.requests > 0 && spendOf(month) === null
    ? t('LLM spend this month is not known')
    : t('LLM spend this month {0}', formatSpokenUsd(spendOf(month) ?? 0, t));
}

function formatSpokenSession(session: SessionTotals, t: Translate): string {
  const spend = spendOf(session);
  return spend === null
    ? t('what the session costs is not known')
    : t('the session so far {0}', formatSpokenUsd(spend, t));
}

function formatSpokenBudget(budget: BudgetAnswer, t: Translate): string {
  const percent = computePercent(budget);
  return percent === null ? '' : t('{0} percent of the daily budget', formatCount(percent));
}

/** An amount as it is said: "1 dollar 23 cents". */
export function formatSpokenUsd(usd: number, t: Translate): string {
  if (usd > 0 && usd < 0.01) {
    return t('less than 1 cent');
  }
  const cents = Math.round(usd * 100 + 1e-9);
  const [dollars, rest] = [Math.floor(cents / 100), cents % 100];
  const parts = [isOne(dollars) ? t('{0} dollar', formatCount(dollars)) : t('{0} dollars', formatCount(dollars))];
  if (rest > 0) {
    parts.push(isOne(rest) ? t('{0} cent', formatCount(rest)) : t('{0} cents', formatCount(rest)));
  }
  return (dollars === 0 && rest > 0 ? parts.slice(1) : parts).join(' ');
}
