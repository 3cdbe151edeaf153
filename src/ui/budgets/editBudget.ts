import * as vscode from 'vscode';
import {
  askEnforce,
  askLimit,
  askMatch,
  askName,
  askPeriod,
  askScope,
  askSubscriptions,
  askThresholds,
} from './askFields.ts';
import { type BudgetEntry, putStored, type StoredBudget } from './budgetStore.ts';
import { formatEach, formatMatchKey } from './budgetText.ts';
import { offerUndo } from './offerUndo.ts';

type Action = vscode.QuickPickItem & { readonly run: () => Promise<void> };
/** What to change in an entry; a value undefined takes the field out. Undefined when the user leaves. */
type Change = Readonly<Record<string, unknown>> | undefined;
type Field = vscode.QuickPickItem & { readonly ask: () => Promise<Change> };

/** Asks which field of a budget to change, or what else to do with it, and does it. `first` are actions of more urgency. */
export async function editBudget(budget: StoredBudget, first: readonly Action[]): Promise<void> {
  const title = vscode.l10n.t('Budget “{0}”', budget.name);
  const remove: Action = { label: `$(trash) ${vscode.l10n.t('Remove')}`, run: () => removeBudget(budget) };
  const fields = listFields(budget, title);
  const choice = await vscode.window.showQuickPick<Action | Field>([...first, ...fields, remove], {
    title,
    placeHolder: vscode.l10n.t('What do you want to change?'),
  });
  if (choice && 'run' in choice) {
    await choice.run();
  } else if (choice) {
    await change(budget, await choice.ask());
  }
}

function listFields({ entry, level, name }: StoredBudget, title: string): readonly Field[] {
  const t = vscode.l10n.t;
  const field = (label: string, description: string, ask: () => Promise<Change>): Field => ({
    label,
    description,
    ask,
  });
  const match = Object.entries(typeof entry.match === 'object' && entry.match !== null ? entry.match : {});
  return [
    field(t('Limit'), `$${entry.limitUsd}`, async () => asChange('limitUsd', await askLimit(title, entry.limitUsd))),
    field(t('Period'), formatEach((entry.period ?? 'day') as never, t), async () =>
      asChange('period', await askPeriod(title)),
    ),
    field(t('Scope'), entry.scope === 'machine' ? t('all workspaces') : t('this workspace'), async () =>
      asChange('scope', await askScope(title)),
    ),
    field(
      t('Calls That Count'),
      match.map(([key, value]) => `${formatMatchKey(key, t)} ${value}`).join(', ') || t('all calls'),
      async () => asChange('match', await askMatch(title, entry)),
    ),
    field(
      t('Thresholds'),
      Array.isArray(entry.thresholds) ? `${entry.thresholds.join('%, ')}%` : t('as the setting says'),
      async () => asChange('thresholds', await askThresholds(title, entry.thresholds)),
    ),
    field(t('When It Is Spent'), String(entry.enforce ?? t('as the setting says')), async () =>
      asChange('enforce', await askEnforce(title)),
    ),
    field(t('Subscriptions'), entry.includeSubscriptions === true ? t('count') : t('do not count'), async () =>
      asChange('includeSubscriptions', await askSubscriptions(title)),
    ),
    field(t('Name'), name, async () => asChange('name', await askName(title, level, name))),
  ];
}

/** Null takes a field out, undefined is no change. */
function asChange(key: string, value: unknown): Change {
  const isEmpty =
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  return value === undefined ? undefined : { [key]: value === null || isEmpty ? undefined : value };
}

async function change({ level, name, entry }: StoredBudget, changed: Change): Promise<void> {
  if (changed === undefined) {
    return;
  }
  const next: BudgetEntry = Object.fromEntries(
    Object.entries({ ...entry, ...changed }).filter(([, value]) => value !== undefined),
  );
  const undo = await putStored(level, name, next);
  void offerUndo(vscode.l10n.t('Budget “{0}” was changed.', String(next.name)), undo);
}

async function removeBudget({ level, name }: StoredBudget): Promise<void> {
  const undo = await putStored(level, name, null);
  void offerUndo(vscode.l10n.t('Budget “{0}” was removed.', name), undo);
}
