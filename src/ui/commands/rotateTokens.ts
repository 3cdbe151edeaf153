import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import { waitForState } from '../connection/waitForEngine.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';

/** How long the window may take to come back with its new token, ms. */
const backMs = 20_000;

/** Replaces all tokens, after it has said what stops working with the old ones. */
export async function rotateTokens({ connection }: Services): Promise<void> {
  const { window } = await requireEngine(connection);
  const rotate = vscode.l10n.t('Rotate Tokens');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Replace all tokens of Spend Lens on this computer?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The old tokens are refused at once. Windows get the new ones by themselves. Agents, programs and terminals that were given an old token must be given the new one.',
      ),
    },
    rotate,
  );
  if (answer !== rotate) {
    return;
  }
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Spend Lens: rotating the tokens') },
    async () => {
      await connection.rotateTokens();
      await waitForState(connection, state => state.kind === 'running' && state.window.token !== window.token, backMs);
    },
  );
  const copy = vscode.l10n.t('Copy Connection Settings');
  if ((await notify.info(vscode.l10n.t('The tokens were replaced. The old ones are refused.'), copy)) === copy) {
    await vscode.commands.executeCommand(commands.copyConnectionSettings);
  }
}
