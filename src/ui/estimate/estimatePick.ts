import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { notify } from '../notify.ts';
import {
  type EstimateItem,
  formatEstimateCopy,
  formatEstimateItems,
  formatEstimateTitle,
  formatTypedModel,
  type ModelSource,
} from './estimateItems.ts';

type PickItem = vscode.QuickPickItem & { readonly item: EstimateItem };

export interface EstimatePickOptions {
  readonly name: string;
  readonly answer: PromptAnswer;
  /** The answer for another model; throws what is fit for the user. */
  readonly choose: (model: string, answer: PromptAnswer) => Promise<PromptAnswer>;
}

/** Shows an estimate and stays until the user leaves it: picking a model of the list makes the answer that model's. */
export function showEstimatePick({ name, answer, choose }: EstimatePickOptions): void {
  const pick = vscode.window.createQuickPick<PickItem>();
  const copy: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('copy'),
    tooltip: vscode.l10n.t('Copy Figures'),
  };
  let current = answer;
  let source: ModelSource = answer.modelFrom;

  function show(next: PromptAnswer): void {
    current = next;
    pick.title = formatEstimateTitle(name, next, vscode.l10n.t);
    showItems();
  }

  /** A model that is typed and not in the list is offered as well. */
  function showItems(): void {
    const typed = formatTypedModel(pick.value, current, vscode.l10n.t);
    const items = formatEstimateItems(current, source, vscode.l10n.t).map(toPickItem);
    pick.items = typed ? [...items, { ...toPickItem(typed), alwaysShow: true }] : items;
  }

  async function copyFigures(): Promise<void> {
    await vscode.env.clipboard.writeText(formatEstimateCopy(name, current, vscode.l10n.t));
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Figures copied')}`, 3000);
  }

  async function accept({ kind, model }: EstimateItem): Promise<void> {
    if (kind === 'figure') {
      await copyFigures();
    } else if (kind === 'setPrice') {
      pick.hide();
      await vscode.commands.executeCommand(commands.setPriceOverride, model);
    } else if (kind === 'model' && model !== undefined) {
      pick.busy = true;
      try {
        const next = await choose(model, current);
        source = 'answer';
        pick.value = '';
        show(next);
      } finally {
        pick.busy = false;
      }
    }
  }

  function report(error: unknown): void {
    void notify.error(error instanceof Error ? error.message : String(error));
  }

  pick.buttons = [copy];
  pick.placeholder = vscode.l10n.t('Choose or type a model to see the answer for it');
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = false;
  pick.onDidTriggerButton(() => copyFigures().catch(report));
  pick.onDidChangeValue(showItems);
  pick.onDidAccept(() => {
    const [picked] = pick.activeItems;
    if (picked) {
      accept(picked.item).catch(report);
    }
  });
  pick.onDidHide(() => pick.dispose());
  show(answer);
  pick.show();
}

function toPickItem(item: EstimateItem): PickItem {
  const { label, description } = item;
  return {
    item,
    label,
    ...(item.kind === 'separator' ? { kind: vscode.QuickPickItemKind.Separator } : {}),
    ...(description === undefined ? {} : { description }),
  };
}
