import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { formatError } from '../log.ts';
import type { Services } from '../services.ts';

/**
 * Tells when connected agents report to an address or with a token that the engine no longer has, and updates them when that is wanted. Of
 * several windows the one that is used asks.
 */
export function watchAddress(services: Services): vscode.Disposable {
  const connection: EngineConnection = services.connection;
  let asked = '';
  const check = () => {
    const { state } = connection;
    if (state.kind !== 'running' || !vscode.window.state.focused) {
      return;
    }
    const now = `${state.window.url} ${state.window.machine_token}`;
    // Most windows have nothing connected: nothing is loaded for them.
    if (now !== asked && existsSync(join(homedir(), '.spend-lens', 'connections'))) {
      asked = now;
      import('./connecting.ts')
        .then(({ offerUpdate }) => offerUpdate(services))
        .catch(error => services.log.warn(`Connected agents could not be looked at: ${formatError(error)}`));
    }
  };
  return vscode.Disposable.from(connection.onDidChange(check), vscode.window.onDidChangeWindowState(check));
}
