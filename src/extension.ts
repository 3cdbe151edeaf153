// First of all, as its clock starts when it is loaded; an import for its effect stays where it is.
import './ui/busyTime.ts';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { busyTime } from './ui/busyTime.ts';
import { registerCommands } from './ui/commands/registerCommands.ts';
import { watchAddress } from './ui/connect/addressWatch.ts';
import { keepTerminalGateway } from './ui/connect/terminalGateway.ts';
import { type ConnectionState, EngineConnection } from './ui/connection/engineConnection.ts';
import { EngineProcess } from './ui/connection/engineProcess.ts';
import { EngineHistory } from './ui/estimate/engineHistory.ts';
import { EstimateStatusItem } from './ui/estimate/estimateStatusItem.ts';
import { LivePrompts } from './ui/estimate/livePrompts.ts';
import { PromptCodeLens } from './ui/estimate/promptCodeLens.ts';
import { PromptEstimator } from './ui/estimate/promptEstimator.ts';
import { findWorkspaceFile } from './ui/estimate/workspaceFiles.ts';
import { followFirstRecord } from './ui/firstRecord.ts';
import { followWindow } from './ui/followWindow.ts';
import { ForwardPasswords } from './ui/forwarding/forwardPasswords.ts';
import { registerLanguageModelTools } from './ui/languageModelTools/registerLanguageModelTools.ts';
import { formatError } from './ui/log.ts';
import { AlertNotifier } from './ui/notifications/alertNotifier.ts';
import { BudgetNotifier } from './ui/notifications/budgetNotifier.ts';
import { notify } from './ui/notifications/notify.ts';
import type { SpendLensApi } from './ui/publicApi/extensionApi.ts';
import { createSpendLensApi } from './ui/publicApi/spendLensApi.ts';
import { readRegistration } from './ui/registration.ts';
import { ReportPanel } from './ui/report/reportPanel.ts';
import { SpendStatusBar } from './ui/statusBar/spendStatusBar.ts';
import { setWindowLanguage } from './ui/text/numbers.ts';

/** What `activate` gives: the API for other extensions, and what tests of this one look into. */
export interface ExtensionApi extends SpendLensApi {
  /** How long loading and activating kept the extension host's thread busy, ms. */
  readonly activationMs: number;
  /** The same with all that followed so far, ms. */
  readonly busyMs: () => number;
  /** The same by part, as text. */
  readonly busyParts: () => string;
  /** What the window knows of the engine, with its token: only under test and in development. */
  readonly state: (() => ConnectionState) | null;
}

let connection: EngineConnection | null = null;

/** Builds the services and wires them. Waits for nothing and never throws. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  busyTime.measure('activate', () => {
    const log = vscode.window.createOutputChannel('Spend Lens', { log: true });
    context.subscriptions.push(log);
    try {
      connection = start(context, log);
    } catch (error) {
      log.error(`Activation failed: ${formatError(error)}`);
      void showFailure(log);
    }
  });
  const activationMs = busyTime.total();
  const state = context.extensionMode === vscode.ExtensionMode.Production ? null : readState;
  const tests = { activationMs, busyMs: busyTime.total, busyParts: busyTime.describe, state };
  return { ...createSpendLensApi(connection, context.subscriptions), ...tests };
}

/** Closes the window's line to the engine; the engine stays for other windows, and a while for agents. */
export async function deactivate(): Promise<void> {
  await connection?.close();
}

function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): EngineConnection {
  setWindowLanguage({
    language: vscode.env.language,
    isTranslated: vscode.l10n.bundle !== undefined,
    unpriced: vscode.l10n.t('unpriced'),
  });
  const { version } = context.extension.packageJSON as { version: string };
  const forwardPasswords = new ForwardPasswords(context.secrets);
  const engine = new EngineConnection({
    process: new EngineProcess({
      storage: context.globalStorageUri.fsPath,
      script: context.asAbsolutePath('dist/engine.js'),
      version,
      log,
      t: vscode.l10n.t,
    }),
    windowId: randomUUID(),
    registration: () => readRegistration(context.storageUri, forwardPasswords.known),
    log,
    t: vscode.l10n.t,
  });
  const workerPath = context.asAbsolutePath('dist/estimator.js');
  const estimator = new PromptEstimator(workerPath, new EngineHistory(engine), findWorkspaceFile);
  const livePrompts = new LivePrompts(estimator);
  const report = new ReportPanel({ extensionUri: context.extensionUri, connection: engine, log });
  const services = { context, log, connection: engine, estimator, livePrompts, report, forwardPasswords };
  context.subscriptions.push(
    estimator,
    livePrompts,
    new PromptCodeLens(livePrompts),
    new EstimateStatusItem(livePrompts, estimator),
    registerLanguageModelTools(services),
    report,
    new SpendStatusBar(engine),
    new BudgetNotifier(engine, log),
    new AlertNotifier(engine, log),
    followWindow(engine),
    followFirstRecord(engine),
    registerCommands(services),
    keepTerminalGateway(context, engine, log),
    watchAddress(services),
    forwardPasswords,
  );
  engine.open();
  forwardPasswords.follow(engine);
  return engine;
}

function readState(): ConnectionState {
  return connection?.state ?? { kind: 'stopped', reason: 'Activation failed.' };
}

async function showFailure(log: vscode.LogOutputChannel): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if ((await notify.error(vscode.l10n.t('Spend Lens could not start.'), showLog)) === showLog) {
    log.show();
  }
}

busyTime.markLoaded();
