import * as vscode from 'vscode';
import type { Notice, NoticeAction } from '../api/contract.ts';
import { commands } from '../contributions.ts';
import type { EngineConnection } from './connection/engineConnection.ts';
import { formatError, type Log } from './log.ts';
import { formatNotice } from './noticeText.ts';
import { notify } from './notify.ts';
import { readWorkspaceName } from './registration.ts';

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
    const openReport = vscode.l10n.t('Open Report');
    const changeBudget = vscode.l10n.t('Change Budget');
    const notToday = vscode.l10n.t('Not Today');
    const answer = notify.warn(text, openReport, changeBudget, notToday);
    await this.#answer(notice.id, 'shown');
    switch (await answer) {
      case openReport:
        await vscode.commands.executeCommand(commands.openReport);
        break;
      case changeBudget:
        await vscode.commands.executeCommand(commands.changeBudget);
        break;
      case notToday:
        await this.#answer(notice.id, 'silence');
        break;
    }
  }

  async #answer(id: string, action: NoticeAction): Promise<void> {
    try {
      await this.#connection.answerNotice(id, action);
    } catch (error) {
      this.#log.error(`The engine was not told that a notification was answered (${action}): ${formatError(error)}`);
    }
  }
}
