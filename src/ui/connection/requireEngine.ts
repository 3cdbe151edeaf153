import * as vscode from 'vscode';
import type { ConnectionState, EngineConnection } from './engineConnection.ts';
import { waitForEngine } from './waitForEngine.ts';

/** How long a command waits for an engine that is starting, ms. */
const waitMs = 10_000;

/** The state with a running engine, waited for while it starts. Throws an Error fit for the user when there is none. */
export async function requireEngine(
  connection: EngineConnection,
): Promise<Extract<ConnectionState, { kind: 'running' }>> {
  const state = await waitForEngine(connection, waitMs);
  switch (state.kind) {
    case 'running':
      return state;
    case 'starting':
      throw new Error(vscode.l10n.t('The engine is still starting. Try again in a moment.'));
    case 'stopped':
      throw new Error(vscode.l10n.t('The engine is not running: {0} Run "Restart Engine".', state.reason));
  }
}
