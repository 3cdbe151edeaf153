import * as vscode from 'vscode';
import { budgetMatchKeys, budgetPeriods } from '../../contributions.ts';
import { budgetFields, dailyName } from '../../core/settings/budgets.ts';
import { parseUsdInput } from '../text/usdInput.ts';
import { type BudgetEntry, findStored, type Level, writableLevels } from './budgetStore.ts';
import { formatEach, formatMatchKey } from './budgetText.ts';

type Choice<T> = vscode.QuickPickItem & { readonly value: T };

/** Asks for one of some values; undefined when the user leaves. */
async function choose<T>(title: string, placeHolder: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices, { title, placeHolder }))?.value;
}

export async function askName(title: string, level: Level, current = ''): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Name of the budget'),
    value: current,
    ignoreFocusOut: true,
    validateInput: text => {
      const name = budgetFields.name.check(text);
      if (name === undefined) {
        return vscode.l10n.t('Enter a name of at most 60 characters.');
      }
      if (name === dailyName) {
        return vscode.l10n.t('“daily” is the name of the daily budget. Choose another one.');
      }
      const isTaken = name !== current && findStored(level, name) !== undefined;
      return isTaken ? vscode.l10n.t('There is a budget of this name already.') : null;
    },
  });
  return answer?.trim();
}

export async function askLimit(title: string, current?: unknown): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Limit in USD'),
    value: typeof current === 'number' ? String(current) : '',
    ignoreFocusOut: true,
    validateInput: text =>
      parseUsdInput(text) ? null : vscode.l10n.t('Enter an amount in USD above 0, such as 5 or 7.50.'),
  });
  return answer === undefined ? undefined : (parseUsdInput(answer) ?? undefined);
}

export function askPeriod(title: string) {
  const choices = budgetPeriods.map(value => ({ label: formatEach(value, vscode.l10n.t), value }));
  return choose(title, vscode.l10n.t('How long does the limit last?'), choices);
}

export function askScope(title: string) {
  return choose(title, vscode.l10n.t('Whose calls count?'), [
    { label: vscode.l10n.t('this workspace'), value: 'workspace' as const },
    {
      label: vscode.l10n.t('all workspaces'),
      detail: vscode.l10n.t('Also those that are closed; each call counts once.'),
      value: 'machine' as const,
    },
  ]);
}

export function askEnforce(title: string) {
  return choose<'off' | 'gateway' | null>(title, vscode.l10n.t('What happens when it is spent?'), [
    { label: vscode.l10n.t('As the setting says'), description: 'spendLens.budget.enforce', value: null },
    { label: vscode.l10n.t('A notification, nothing more'), value: 'off' },
    {
      label: vscode.l10n.t('The gateway takes no new calls'),
      detail: vscode.l10n.t('Calls under way are never cut.'),
      value: 'gateway',
    },
  ]);
}

export function askSubscriptions(title: string) {
  return choose(title, vscode.l10n.t('Do calls count that a subscription pays for?'), [
    { label: vscode.l10n.t('No'), value: false },
    { label: vscode.l10n.t('Yes, at list price'), value: true },
  ]);
}

/** A list of percentages; null for those of the setting. */
export async function askThresholds(title: string, current: unknown): Promise<readonly number[] | null | undefined> {
  const parse = (text: string) =>
    text
      .split(/[\s,;%]+/)
      .filter(Boolean)
      .map(Number);
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Percentages at which to warn; nothing for those of spendLens.budget.thresholds'),
    value: Array.isArray(current) ? current.join(', ') : '',
    ignoreFocusOut: true,
    validateInput: text =>
      budgetFields.thresholds.check(parse(text)) ? null : vscode.l10n.t('Enter percentages above 0, such as 80, 100.'),
  });
  return answer === undefined ? undefined : answer.trim() === '' ? null : parse(answer);
}

/** The match with one value changed or taken out. */
export async function askMatch(title: string, entry: BudgetEntry): Promise<BudgetEntry | undefined> {
  const match = { ...(typeof entry.match === 'object' ? (entry.match as Record<string, string>) : {}) };
  const key = await choose(
    title,
    vscode.l10n.t('Only calls with all of these values count'),
    budgetMatchKeys.map(value => ({
      label: formatMatchKey(value, vscode.l10n.t),
      description: match[value] ?? vscode.l10n.t('any'),
      value,
    })),
  );
  if (key === undefined) {
    return undefined;
  }
  const answer = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t(
      '{0}; * stands for any characters, nothing for any value',
      formatMatchKey(key, vscode.l10n.t),
    ),
    value: match[key] ?? '',
    ignoreFocusOut: true,
  });
  if (answer === undefined) {
    return undefined;
  }
  delete match[key];
  return answer.trim() === '' ? match : { ...match, [key]: answer.trim() };
}

/** Where a new budget is to be kept; asked only where there is a choice. */
export async function askLevel(title: string): Promise<Level | undefined> {
  const levels = writableLevels();
  if (levels.length === 1) {
    return levels[0];
  }
  return choose(title, vscode.l10n.t('Where is it kept?'), [
    {
      label: vscode.l10n.t('User settings'),
      detail: vscode.l10n.t('Holds in all workspaces.'),
      value: 'user' as const,
    },
    {
      label: vscode.l10n.t('Workspace settings'),
      detail: vscode.l10n.t('Holds in this workspace, and can be committed with it.'),
      value: 'workspace' as const,
    },
  ]);
}
