import * as vscode from 'vscode';
import { waitForEngine } from '../connection/waitForEngine.ts';
import type { Services } from '../services.ts';

/** How long the progress is shown at most; the restart goes on after it, and the status bar tells how it ends. */
const progressMs = 20_000;

/** Ends the engine, for all windows, and starts a new one. */
export async function restartEngine({ connection }: Services): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Spend Lens: restarting the engine') },
    async () => {
      await connection.restart();
      await waitForEngine(connection, progressMs);
    },
  );
}
