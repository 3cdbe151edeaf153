import * as vscode from 'vscode';
import { createClient } from '../../api/client.ts';
import { dayOf } from '../../core/time/calendar.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readZone } from '../settings.ts';
import { formatDecimal } from '../text/numbers.ts';
import { withCancel } from '../withCancel.ts';

/** Saves a compact copy of this window's database where the user says. Whether it was saved. */
export async function exportDatabase({ connection }: Services): Promise<boolean> {
  const { window } = await requireEngine(connection);
  const target = await askTarget();
  if (!target) {
    return false;
  }
  const title = vscode.l10n.t('Exporting the database');
  const size = await withCancel(title, async (signal, tell) => {
    const bytes = await createClient(window).database(signal, (received, total) =>
      tell(formatMegabytes(received, total)),
    );
    signal.throwIfAborted();
    await vscode.workspace.fs.writeFile(target, bytes);
    return bytes.length;
  });
  if (size === undefined) {
    return false;
  }
  const reveal = canReveal(target) ? [vscode.l10n.t('Reveal')] : [];
  const message = vscode.l10n.t('Exported the database to {0}.', vscode.workspace.asRelativePath(target));
  // Not awaited: the command is done when the file is written.
  void notify.info(message, ...reveal).then(answer => {
    return answer === undefined ? undefined : vscode.commands.executeCommand(revealCommand(target), target);
  });
  return true;
}

function askTarget(): Thenable<vscode.Uri | undefined> {
  const name = `spend-lens-${dayOf(Date.now(), readZone())}.sqlite`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Database'),
    filters: { [vscode.l10n.t('SQLite Database')]: ['sqlite', 'db'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}

/** In the explorer where it is in an opened folder, else in the system's file manager, which a remote or a browser does not have. */
function revealCommand(uri: vscode.Uri): 'revealInExplorer' | 'revealFileInOS' {
  return vscode.workspace.getWorkspaceFolder(uri) ? 'revealInExplorer' : 'revealFileInOS';
}

function canReveal(uri: vscode.Uri): boolean {
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  return revealCommand(uri) === 'revealInExplorer' || (isLocal && uri.scheme === 'file');
}

function formatMegabytes(received: number, total: number): string {
  const [part, whole] = [received, total].map(bytes => formatDecimal(bytes / 1_000_000, 1)) as [string, string];
  return vscode.l10n.t('{0} of {1} MB', part, whole);
}
