import * as vscode from 'vscode';
import { section } from '../../contributions.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { showSetting, writeSetting } from '../settings.ts';
import { parseUsdInput } from '../text/usdInput.ts';

type Choice = vscode.QuickPickItem & { readonly model?: string; readonly run?: 'ask' | 'settings' };

/** Asks which model, then its prices, and writes them to `spendLens.prices`. A link may name the model already. */
export async function setPriceOverride(services: Services, named?: unknown): Promise<void> {
  const model = typeof named === 'string' && named !== '' ? named : await askModel(services);
  if (model === undefined) {
    return;
  }
  const input = await askPrice(model, vscode.l10n.t('USD per 1 million input tokens'), 1);
  const output =
    input === undefined ? undefined : await askPrice(model, vscode.l10n.t('USD per 1 million output tokens'), 2);
  if (input === undefined || output === undefined) {
    return;
  }
  await writePrice(model, input, output);
  const openSettings = vscode.l10n.t('Open in Settings');
  const text = vscode.l10n.t('{0} is priced from now on; calls that waited for a price get it too.', model);
  // Not awaited: the command is done when the price is written.
  void notify.info(text, openSettings).then(answer => {
    return answer === openSettings ? showSetting('prices') : undefined;
  });
}

/** Undefined when the user leaves, or goes to the settings instead. */
async function askModel({ connection }: Services): Promise<string | undefined> {
  const unpriced = connection.state.kind === 'running' ? connection.state.totals.unpriced_models : [];
  const choices: Choice[] = [
    ...unpriced.map(model => ({ label: model, description: vscode.l10n.t('no price known'), model })),
    { label: `$(edit) ${vscode.l10n.t('Another Model…')}`, run: 'ask' },
    { label: `$(gear) ${vscode.l10n.t('Open in Settings')}`, run: 'settings' },
  ];
  const title = vscode.l10n.t('Set Price of a Model');
  const choice = await vscode.window.showQuickPick(choices, { title, placeHolder: vscode.l10n.t('Which model?') });
  if (choice?.run === 'settings') {
    await showSetting('prices');
    return undefined;
  }
  return choice?.run === 'ask'
    ? vscode.window.showInputBox({
        title,
        prompt: vscode.l10n.t('Name of the model as its calls report it; * stands for any characters'),
        validateInput: text => (text.trim() === '' ? vscode.l10n.t('Enter the name of a model.') : null),
      })
    : choice?.model;
}

async function askPrice(model: string, prompt: string, step: 1 | 2): Promise<number | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Price of {0} ({1}/2)', model, step),
    prompt,
    ignoreFocusOut: true,
    validateInput: text =>
      parseUsdInput(text) === null ? vscode.l10n.t('Enter an amount in USD, such as 2 or 0.40.') : null,
  });
  return answer === undefined ? undefined : (parseUsdInput(answer) ?? undefined);
}

/** Keeps the other prices, and what else was set for this model. Prices hold in all workspaces, so they are the user's. */
async function writePrice(model: string, input: number, output: number): Promise<void> {
  const prices = vscode.workspace.getConfiguration(section).inspect<Record<string, object>>('prices')?.globalValue;
  const price = { ...prices?.[model.trim()], input, output };
  await writeSetting('prices', { ...prices, [model.trim()]: price } as never, vscode.ConfigurationTarget.Global);
}
