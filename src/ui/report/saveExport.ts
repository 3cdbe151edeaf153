import * as vscode from 'vscode';
import type { ExportFormat } from '../../../webview-ui/messages.ts';
import { notify } from '../notifications/notify.ts';
import { type ExportedView, formatExport, formatExportName } from './exportText.ts';

const types: Readonly<Record<ExportFormat, readonly [name: string, extension: string]>> = {
  csv: ['CSV', 'csv'],
  json: ['JSON', 'json'],
  markdown: ['Markdown', 'md'],
};

/** Saves what the report shows where the user says; Markdown, which is to be pasted, can go to the clipboard instead. */
export async function saveExport(view: ExportedView, format: ExportFormat): Promise<void> {
  if (view.tables.every(({ rows }) => rows.length === 0)) {
    void notify.info(vscode.l10n.t('There is nothing on screen to export.'));
    return;
  }
  const text = formatExport(view, format);
  if (format === 'markdown') {
    await vscode.env.clipboard.writeText(text);
    const save = vscode.l10n.t('Save as File…');
    // Not awaited: the command is done when the text is in the clipboard.
    void notify.info(vscode.l10n.t('Copied as Markdown.'), save).then(answer => {
      return answer === save ? saveFile(view, format, text) : undefined;
    });
    return;
  }
  await saveFile(view, format, text);
}

async function saveFile(view: ExportedView, format: ExportFormat, text: string): Promise<void> {
  const name = formatExportName(view, view.place.view, view.timeZone, format);
  const uri = await askTarget(name, format);
  if (!uri) {
    return;
  }
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  const open = vscode.l10n.t('Open File');
  const message = vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri));
  // Not awaited: the command is done when the file is written.
  void notify.info(message, open).then(answer => {
    return answer === open ? vscode.window.showTextDocument(uri) : undefined;
  });
}

function askTarget(name: string, format: ExportFormat): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [type, extension] = types[format];
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Usage Report'),
    filters: { [type]: [extension] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}
