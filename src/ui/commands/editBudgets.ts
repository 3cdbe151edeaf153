import * as vscode from 'vscode';
import type { BudgetStatus } from '../../api/contract.ts';
import { commands } from '../../contributions.ts';
import { dailyName } from '../../core/settings/budgets.ts';
import { allowForAnHour } from '../budgets/allowBudget.ts';
import { askLevel, askLimit, askName, askPeriod, askScope } from '../budgets/askFields.ts';
import { listStored, putStored, type StoredBudget } from '../budgets/budgetStore.ts';
import { formatRules, formatStanding } from '../budgets/budgetText.ts';
import { editBudget } from '../budgets/editBudget.ts';
import { offerUndo } from '../budgets/offerUndo.ts';
import { raiseBudget } from '../budgets/raiseBudget.ts';
import type { Services } from '../services.ts';
import { showSetting } from '../settings.ts';

type Choice = vscode.QuickPickItem & { readonly run?: () => Promise<void> };

/** Lists the budgets; adds, changes and removes them, in the settings they are in. A link may name one. */
export async function editBudgets(services: Services, named?: unknown): Promise<void> {
  const { state } = services.connection;
  const statuses = state.kind === 'running' ? state.totals.budgets : [];
  const stored = listStored();
  const linked = stored.find(({ name }) => name === named);
  if (linked) {
    await editStored(services, linked, statuses);
    return;
  }
  const daily = statuses.find(({ name }) => name === dailyName);
  const choices: Choice[] = [
    {
      label: `$(calendar) ${vscode.l10n.t('Daily budget')}`,
      description: daily ? formatStanding(daily, null, vscode.l10n.t) : vscode.l10n.t('none'),
      detail: vscode.l10n.t('each day · this workspace · spendLens.budget.daily'),
      run: () => editDaily(services, daily),
    },
    ...stored.map(budget => ({
      label: `$(credit-card) ${budget.name}`,
      description: formatStanding(findStatus(statuses, budget), budget.entry.limitUsd, vscode.l10n.t),
      detail: [
        formatRules(budget.entry, vscode.l10n.t),
        budget.level === 'user' ? vscode.l10n.t('user settings') : vscode.l10n.t('workspace settings'),
      ].join(' · '),
      run: () => editStored(services, budget, statuses),
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: `$(add) ${vscode.l10n.t('Add Budget…')}`, run: addBudget },
    { label: `$(gear) ${vscode.l10n.t('Open in Settings')}`, run: () => showSetting('budgets') },
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Budgets'),
    placeHolder: vscode.l10n.t('Which budget?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  await choice?.run?.();
}

/** Of two with one name, the workspace's is called so by the engine. */
function findStatus(statuses: readonly BudgetStatus[], { name, level, entry }: StoredBudget): BudgetStatus | undefined {
  const own = statuses.find(status => level === 'workspace' && status.name === `${name} (workspace)`);
  const same = statuses.find(status => status.name === name);
  return own ?? (same?.period === (entry.period ?? 'day') ? same : undefined);
}

async function addBudget(): Promise<void> {
  const title = vscode.l10n.t('Add Budget');
  const level = await askLevel(title);
  const name = level && (await askName(title, level));
  const limitUsd = name && (await askLimit(title));
  const period = limitUsd && (await askPeriod(title));
  const scope = period && (await askScope(title));
  if (level && name && limitUsd && period && scope) {
    const undo = await putStored(level, name, { name, limitUsd, period, scope });
    void offerUndo(vscode.l10n.t('Budget “{0}” was added.', name), undo);
  }
}

async function editDaily({ connection }: Services, status: BudgetStatus | undefined): Promise<void> {
  const choice = await vscode.window.showQuickPick<Choice>(
    [
      {
        label: `$(edit) ${vscode.l10n.t('Change Limit…')}`,
        run: async () => void (await vscode.commands.executeCommand(commands.changeBudget)),
      },
      ...waysOn(dailyName, status, { connection }),
    ],
    { title: vscode.l10n.t('Daily budget') },
  );
  await choice?.run?.();
}

async function editStored(services: Services, budget: StoredBudget, statuses: readonly BudgetStatus[]): Promise<void> {
  const status = findStatus(statuses, budget);
  await editBudget(budget, waysOn(status?.name ?? budget.name, status, services));
}

/** What can be done at once about a budget that is spent. */
function waysOn(
  name: string,
  status: BudgetStatus | undefined,
  { connection }: Pick<Services, 'connection'>,
): (vscode.QuickPickItem & { readonly run: () => Promise<void> })[] {
  if (status?.state !== 'exceeded') {
    return [];
  }
  const raise = {
    label: `$(arrow-up) ${vscode.l10n.t('Raise Budget')}`,
    run: () => raiseBudget(name, status.limit_usd, status.spent_usd),
  };
  const allow =
    status.allowed_until === null
      ? { label: `$(clock) ${vscode.l10n.t('Allow for an Hour')}`, run: () => allowForAnHour(name, connection) }
      : { label: `$(circle-slash) ${vscode.l10n.t('End the Hour Now')}`, run: () => connection.allowBudget(name, 0) };
  return [...(status.enforce === 'gateway' ? [allow] : []), raise];
}
