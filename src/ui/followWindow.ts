import * as vscode from 'vscode';
import { section } from '../contributions.ts';
import type { EngineConnection } from './connection/engineConnection.ts';
import { networkSection } from './network.ts';

/** Settings change in bursts, e.g. with every key typed in settings.json. */
const settleMs = 200;

/** Tells the engine when this window's settings, folders or trust have changed. */
export function followWindow(connection: EngineConnection): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    clearTimeout(timer);
    timer = setTimeout(() => connection.refresh(), settleMs);
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration(
      change => (change.affectsConfiguration(section) || change.affectsConfiguration(networkSection)) && refresh(),
    ),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    { dispose: () => clearTimeout(timer) },
  );
}
