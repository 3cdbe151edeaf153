import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { readSetting, writeSetting } from '../settings.ts';
import { parseUsdInput } from '../usdInput.ts';

/** Asks for the daily budget of this workspace. */
export async function changeBudget(_services: Services): Promise<void> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Daily Budget'),
    prompt: vscode.l10n.t('USD per day for this workspace; 0 means no budget'),
    value: String(readSetting('budget.daily')),
    validateInput: text =>
      parseUsdInput(text) === null ? vscode.l10n.t('Enter an amount in USD, such as 5 or 7.50, or 0 for none.') : null,
  });
  const budget = parseUsdInput(answer ?? '');
  if (budget !== null) {
    await writeSetting('budget.daily', budget);
  }
}
