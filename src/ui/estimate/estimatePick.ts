import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import type { EstimatedPrompt } from '../commands/estimatePromptCost.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readSetting, writeSetting } from '../settings.ts';
import {
  type EstimateItem,
  formatEstimateCopy,
  formatEstimateItems,
  formatEstimateTitle,
  formatTypedModel,
  type ModelSource,
} from './estimateItems.ts';
import { canCountExactly, countExactly } from './exactCount.ts';

type PickItem = vscode.QuickPickItem & { readonly item: EstimateItem };

export interface EstimatePickOptions {
  readonly prompt: EstimatedPrompt;
  /** The answer for another model; throws what is fit for the user. */
  readonly choose: (model: string, answer: PromptAnswer) => Promise<PromptAnswer>;
}

/** Shows an estimate and stays until the user leaves it: picking a model of the list makes the answer that model's. */
export function showEstimatePick(services: Services, { prompt, choose }: EstimatePickOptions): void {
  const { name } = prompt;
  const pick = vscode.window.createQuickPick<PickItem>();
  const button = (icon: string, tooltip: string): vscode.QuickInputButton => ({
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
  });
  const copy = button('copy', vscode.l10n.t('Copy Figures'));
  const compare = button('list-ordered', vscode.l10n.t('Compare Models'));
  let current = prompt.answer;
  let source: ModelSource = current.modelFrom;
  let isComparing = false;
  let isAsking = false;

  function show(next: PromptAnswer): void {
    current = next;
    pick.title = formatEstimateTitle(name, next, vscode.l10n.t);
    showItems();
  }

  /** Models are listed when asked for, and while something is typed, which may be one of them or another one. */
  function showItems(): void {
    const isTyping = pick.value.trim() !== '';
    const options = {
      source,
      isComparing: isComparing || isTyping,
      defaultModel: readSetting('estimate.model'),
      canCountExactly: canCountExactly(current),
    };
    const typed = formatTypedModel(pick.value, current, vscode.l10n.t);
    const items = formatEstimateItems(current, options, vscode.l10n.t).map(toPickItem);
    pick.items = typed ? [...items, { ...toPickItem(typed), alwaysShow: true }] : items;
  }

  async function copyFigures(): Promise<void> {
    await vscode.env.clipboard.writeText(formatEstimateCopy(name, current, vscode.l10n.t));
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Figures copied')}`, 3000);
  }

  async function setDefault(model: string): Promise<void> {
    await writeSetting('estimate.model', model);
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('{0} is the default model now', model)}`, 3000);
    showItems();
  }

  /** The list with the models, the first one in front, so that the arrow keys go on from there. */
  function showModels(): void {
    isComparing = true;
    showItems();
    const first = pick.items.find(({ item }) => item.kind === 'model');
    pick.activeItems = first ? [first] : [];
  }

  async function chooseModel(model: string): Promise<void> {
    const next = await choose(model, current);
    source = 'answer';
    pick.value = '';
    show(next);
  }

  /** Questions on the way hide this list, which comes back afterwards, whatever was answered. */
  async function askProvider(): Promise<void> {
    isAsking = true;
    try {
      const counted = await countExactly(services, prompt, current);
      if (counted) {
        show(counted);
      }
    } finally {
      isAsking = false;
      pick.show();
    }
  }

  async function accept({ kind, model = '' }: EstimateItem): Promise<void> {
    switch (kind) {
      case 'figure':
        return copyFigures();
      case 'compare':
        return showModels();
      case 'model':
        return busy(chooseModel(model));
      case 'setDefault':
        return setDefault(model);
      case 'countExactly':
        return askProvider();
      case 'setPrice':
        pick.hide();
        await vscode.commands.executeCommand(commands.setPriceOverride, model);
        return;
      default:
        return;
    }
  }

  async function busy(work: Promise<void>): Promise<void> {
    pick.busy = true;
    try {
      await work;
    } finally {
      pick.busy = false;
    }
  }

  function report(error: unknown): void {
    void notify.error(error instanceof Error ? error.message : String(error));
  }

  pick.buttons = [compare, copy];
  pick.placeholder = vscode.l10n.t('Choose or type a model to see the answer for it');
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = false;
  pick.onDidTriggerButton(pressed => (pressed === copy ? copyFigures().catch(report) : showModels()));
  pick.onDidChangeValue(showItems);
  pick.onDidAccept(() => {
    const [picked] = pick.activeItems;
    if (picked) {
      accept(picked.item).catch(report);
    }
  });
  pick.onDidHide(() => {
    if (!isAsking) {
      pick.dispose();
    }
  });
  show(current);
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
