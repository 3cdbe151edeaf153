import * as vscode from 'vscode';
import { contextKeys } from '../contributions.ts';
import type { EngineConnection } from './connection/engineConnection.ts';

/** Tells VS Code when this window's ledger has a call, which ends the first steps of the walkthrough. */
export function followFirstRecord(connection: EngineConnection): vscode.Disposable {
  let isTold = false;
  return connection.onDidChange(state => {
    if (!isTold && state.kind === 'running' && state.totals.last_record !== null) {
      isTold = true;
      void vscode.commands.executeCommand('setContext', contextKeys.hasRecords, true);
    }
  });
}
