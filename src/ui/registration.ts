import * as vscode from 'vscode';
import type { WindowRegistration } from '../api/contract.ts';
import { readNetworkSettings } from './network.ts';
import { readBudgetLevels, readNestedSettings } from './settings.ts';

/** Name of what this window's ledger belongs to; null without a folder, where it is the machine's. */
export function readWorkspaceName(): string | null {
  return vscode.workspace.workspaceFolders?.length ? (vscode.workspace.name ?? null) : null;
}

/** What the engine is told about this window, as of now. `forward` holds the passwords of destinations. */
export function readRegistration(
  storageUri: vscode.Uri | undefined,
  forward: Readonly<Record<string, string>> | undefined,
): WindowRegistration {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return {
    workspace:
      storageUri && folders.length > 0
        ? {
            storage: storageUri.fsPath,
            name: readWorkspaceName() ?? '',
            // Folders of a virtual file system have no path that an agent could work in.
            folders: folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
          }
        : null,
    settings: readNestedSettings(),
    levels: readBudgetLevels(),
    network: readNetworkSettings(),
    ...(forward ? { secrets: { forward } } : {}),
  };
}
