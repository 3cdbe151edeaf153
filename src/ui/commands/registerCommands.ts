import * as vscode from 'vscode';
import { type Command, commands } from '../../contributions.ts';
import { formatError } from '../log.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { changeBudget } from './changeBudget.ts';
import { connectAgent } from './connectAgent.ts';
import { copyConnectionSettings } from './copyConnectionSettings.ts';
import { copyDiagnostics } from './copyDiagnostics.ts';
import { deleteHistory } from './deleteHistory.ts';
import { editBudgets } from './editBudgets.ts';
import { estimatePromptCost } from './estimatePromptCost.ts';
import { exportChargeback } from './exportChargeback.ts';
import { exportDatabase } from './exportDatabase.ts';
import { exportReport } from './exportReport.ts';
import { forwardHistory } from './forwardHistory.ts';
import { getStarted } from './getStarted.ts';
import { importHistory } from './importHistory.ts';
import { openReport } from './openReport.ts';
import { openSettings } from './openSettings.ts';
import { resetLearnedFactors } from './resetLearnedFactors.ts';
import { restartEngine } from './restartEngine.ts';
import { rotateTokens } from './rotateTokens.ts';
import { sendTestRecord } from './sendTestRecord.ts';
import { setForwardingPassword } from './setForwardingPassword.ts';
import { setPriceOverride } from './setPriceOverride.ts';
import { showLog } from './showLog.ts';

/** One command at work. Its arguments come from menus, links and other extensions, so they are unknown. */
export type CommandHandler = (services: Services, ...args: readonly unknown[]) => Promise<void> | void;

const handlers: Readonly<Record<Command, CommandHandler>> = {
  [commands.openReport]: openReport,
  [commands.estimatePromptCost]: estimatePromptCost,
  [commands.connectAgent]: connectAgent,
  [commands.sendTestRecord]: sendTestRecord,
  [commands.resetLearnedFactors]: resetLearnedFactors,
  [commands.copyConnectionSettings]: copyConnectionSettings,
  [commands.copyDiagnostics]: copyDiagnostics,
  [commands.changeBudget]: changeBudget,
  [commands.editBudgets]: editBudgets,
  [commands.setPriceOverride]: setPriceOverride,
  [commands.openSettings]: openSettings,
  [commands.exportCsv]: services => exportReport(services, 'csv'),
  [commands.exportJson]: services => exportReport(services, 'json'),
  [commands.exportMarkdown]: services => exportReport(services, 'markdown'),
  [commands.importHistory]: importHistory,
  [commands.deleteHistory]: deleteHistory,
  [commands.exportDatabase]: services => exportDatabase(services).then(() => {}),
  [commands.rotateTokens]: rotateTokens,
  [commands.setForwardingPassword]: setForwardingPassword,
  [commands.forwardHistory]: forwardHistory,
  [commands.exportChargeback]: exportChargeback,
  [commands.restartEngine]: restartEngine,
  [commands.showLog]: showLog,
  [commands.getStarted]: getStarted,
};

/** Registers every command of the manifest. One that fails says so, with the way to the log. */
export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handler(services, ...args);
      } catch (error) {
        services.log.error(`${id} failed: ${formatError(error)}`);
        void showFailure(error);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

async function showFailure(error: unknown): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t('Spend Lens: {0}', error instanceof Error ? error.message : String(error));
  if ((await notify.error(message, showLog)) === showLog) {
    await vscode.commands.executeCommand(commands.showLog);
  }
}
