import * as vscode from 'vscode';
import { busyTime } from '../busyTime.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { readEngineFile } from '../connection/engineFile.ts';
import { formatError } from '../log.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readNestedSettings } from '../settings.ts';
import { formatDiagnostics } from '../text/diagnosticsText.ts';

/** Copies what a bug report needs; works without an engine too, since that may be the bug. */
export async function copyDiagnostics({ connection, context, log }: Services): Promise<void> {
  const globalStorage = context.globalStorageUri.fsPath;
  const engine = await connection.ledger?.diagnostics().catch(error => {
    log.warn(`The engine gave no diagnostics: ${formatError(error)}`);
    return null;
  });
  const { state } = connection;
  const text = formatDiagnostics({
    extensionVersion: context.extension.packageJSON.version,
    editor: `${vscode.env.appName} ${vscode.version}`,
    extensionHost: `Node ${process.versions.node}, ${process.platform} ${process.arch}, process ${process.pid}`,
    remote: vscode.env.remoteName ?? null,
    isTrusted: vscode.workspace.isTrusted,
    globalStorage,
    engineState: describeState(connection),
    busyTime: busyTime.describe(),
    engine: engine ?? null,
    settings: readNestedSettings(),
    secrets: [state.kind === 'running' ? state.window.token : '', (await readEngineFile(globalStorage))?.token ?? ''],
  });
  await vscode.env.clipboard.writeText(text);
  void notify.info(vscode.l10n.t('Diagnostics copied for a bug report, without secrets.'));
}

function describeState({ state }: EngineConnection): string {
  switch (state.kind) {
    case 'starting':
      return 'starting';
    case 'stopped':
      return `stopped: ${state.reason}`;
    case 'running':
      return ['running', ...state.engine.warnings].join('; ');
  }
}
