import * as vscode from 'vscode';
import { readSetting, writeSetting } from '../settings.ts';

type Plan = 'api' | 'subscription';

/**
 * Asks how an agent is paid, by all names that it has in the ledger, unless the setting says so already or `again`. Closing the question
 * leaves it open.
 */
export async function askPlan(agents: readonly string[], name: string, again = false): Promise<void> {
  const plans = readSetting('plans');
  if (agents.every(agent => Object.hasOwn(plans, agent)) && !again) {
    return;
  }
  const items: (vscode.QuickPickItem & { readonly plan: Plan })[] = [
    {
      plan: 'subscription',
      label: vscode.l10n.t('Subscription'),
      detail: vscode.l10n.t('A monthly plan. The cost is what the calls would have cost: ~$, apart from spend.'),
    },
    {
      plan: 'api',
      label: vscode.l10n.t('API, per token'),
      detail: vscode.l10n.t('Every call is billed. The cost counts as spend, and in budgets.'),
    },
  ];
  const answer = await vscode.window.showQuickPick(
    items.map(item => ({
      ...item,
      description: agents.every(agent => plans[agent] === item.plan) ? vscode.l10n.t('now') : '',
    })),
    {
      title: vscode.l10n.t('How Do You Pay for {0}?', name),
      placeHolder: vscode.l10n.t('Holds for calls from now on; the setting is spendLens.plans'),
      ignoreFocusOut: true,
    },
  );
  if (answer) {
    const own = Object.fromEntries(agents.map(agent => [agent, answer.plan]));
    await writeSetting('plans', { ...readSetting('plans'), ...own }, vscode.ConfigurationTarget.Global);
  }
}
