import * as vscode from 'vscode';
import { defaultSettings } from '../../contributions.ts';
import { readLevel, writeLevel } from '../budgets/budgetStore.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readSetting, writeSetting } from '../settings.ts';
import { formatUsd } from '../text/numbers.ts';
import { parseUsdInput } from '../text/usdInput.ts';

const key = 'budget.daily';

/** Asks for the daily budget of this workspace. */
export async function changeBudget(_services: Services): Promise<void> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Daily Budget'),
    prompt: vscode.l10n.t('USD per day for this workspace; 0 means no budget'),
    value: String(readSetting(key)),
    validateInput: text =>
      parseUsdInput(text) === null ? vscode.l10n.t('Enter an amount in USD, such as 5 or 7.50, or 0 for none.') : null,
  });
  const budget = parseUsdInput(answer ?? '');
  if (budget !== null) {
    await writeSetting(key, budget);
    void offerOwn(budget);
  }
}

/** Where the user enforces budgets, a workspace's daily one can't be above the user's own: says so, with the way to change that too. */
async function offerOwn(budget: number): Promise<void> {
  const own = readLevel<number>(key, 'user') ?? defaultSettings[key];
  const isHeld = readLevel('budget.enforce', 'user') === 'gateway' && own > 0 && (budget === 0 || budget > own);
  if (!isHeld) {
    return;
  }
  const changeToo = vscode.l10n.t('Change It Too');
  const text = vscode.l10n.t(
    'Your own daily budget of {0} still holds in all workspaces, because your settings enforce budgets.',
    formatUsd(own),
  );
  if ((await notify.info(text, changeToo)) === changeToo) {
    await writeLevel(key, 'user', budget);
  }
}
