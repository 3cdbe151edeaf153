import * as vscode from 'vscode';
import { snippets } from '../../connect/snippets.ts';
import { commands } from '../../contributions.ts';
import type { Desk } from './desk.ts';
import { sendTest } from './sendTest.ts';

/** For one's own code: opens a piece of code that reports, gives the variables it needs, or proves that the engine takes records. */
export async function connectOwnCode(desk: Desk): Promise<void> {
  const { t } = vscode.l10n;
  const answer = await vscode.window.showQuickPick(
    [
      ...snippets.map(snippet => ({
        label: `$(code) ${snippet.label}`,
        run: () => openSnippet(snippet.language, snippet.code),
      })),
      { label: '', kind: vscode.QuickPickItemKind.Separator, run: () => Promise.resolve() },
      {
        label: `$(copy) ${t('Copy Connection Settings')}`,
        detail: t('The variables SPEND_LENS_URL and SPEND_LENS_TOKEN, for a terminal'),
        run: async () => void (await vscode.commands.executeCommand(commands.copyConnectionSettings)),
      },
      {
        label: `$(beaker) ${t('Send Test Record')}`,
        detail: t('To the engine; it counts nowhere'),
        run: () => sendTest(null, desk),
      },
    ],
    { title: t('My Own Code'), placeHolder: t('Code that reports what it used'), matchOnDetail: true },
  );
  await answer?.run();
}

async function openSnippet(language: string, content: string): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}
