import * as vscode from 'vscode';
import type { Notice, NoticeAction } from '../../api/contract.ts';
import { commands } from '../../contributions.ts';
import { dailyName } from '../../core/settings/budgets.ts';
import { raiseBudget } from '../budgets/raiseBudget.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { formatError, type Log } from '../log.ts';
import { readWorkspaceName } from '../registration.ts';
import { formatNotice, isRefusing } from './noticeText.ts';
import { notify } from './notify.ts';

/** Shows the budget notifications that the engine asks this window for; the engine sees to it that each comes once. */
export class BudgetNotifier implements vscode.Disposable {
  readonly #connection: EngineConnection;
  readonly #log: Log;
  readonly #subscription: vscode.Disposable;

  constructor(connection: EngineConnection, log: Log) {
    this.#connection = connection;
    this.#log = log;
    this.#subscription = connection.onDidReceiveNotice(notice => void this.#show(notice));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #show(notice: Notice): Promise<void> {
    const text = formatNotice(notice, readWorkspaceName(), vscode.l10n.t);
    this.#log.warn(text);
    const buttons = this.#buttons(notice);
    const answer = notify.warn(text, ...buttons.keys());
    await this.#answer(notice.id, 'shown');
    const chosen = await answer;
    try {
      await buttons.get(chosen ?? '')?.();
    } catch (error) {
      this.#log.error(`${chosen} failed: ${formatError(error)}`);
      void notify.error(vscode.l10n.t('Spend Lens: {0}', formatError(error)));
    }
  }

  /** What can be done about it; first what a user whose calls are refused wants. */
  #buttons(notice: Notice): ReadonlyMap<string, () => Thenable<unknown>> {
    const { id, budget, limit_usd: limit, spent_usd: spent } = notice;
    const run = (command: string, ...values: unknown[]) => vscode.commands.executeCommand(command, ...values);
    const openReport = [vscode.l10n.t('Open Report'), () => run(commands.openReport)] as const;
    const notToday = [vscode.l10n.t('Not Today'), () => this.#answer(id, 'silence')] as const;
    if (budget === null || limit === null) {
      return new Map<string, () => Thenable<unknown>>([openReport, notToday]);
    }
    const change = [
      vscode.l10n.t('Change Budget'),
      () => (budget === dailyName ? run(commands.changeBudget) : run(commands.editBudgets, budget)),
    ] as const;
    const allow = [vscode.l10n.t('Allow for an Hour'), () => this.#answer(id, 'allow_hour')] as const;
    const raise = [vscode.l10n.t('Raise Budget'), () => raiseBudget(budget, limit, spent)] as const;
    return new Map<string, () => Thenable<unknown>>(
      isRefusing(notice) ? [allow, raise, openReport, notToday] : [openReport, change, notToday],
    );
  }

  async #answer(id: string, action: NoticeAction): Promise<void> {
    try {
      await this.#connection.answerNotice(id, action);
    } catch (error) {
      this.#log.error(`The engine was not told that a notification was answered (${action}): ${formatError(error)}`);
    }
  }
}
