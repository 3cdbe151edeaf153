import * as vscode from 'vscode';
import { createClient } from '../../api/client.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import { notify } from '../notify.ts';
import { readWorkspaceName } from '../registration.ts';
import { formatCsv, formatExportName, formatJson } from '../report/exportText.ts';
import { loadExport } from '../report/loadReport.ts';
import type { Services } from '../services.ts';
import { readZone } from '../settings.ts';

const types = { csv: 'CSV', json: 'JSON' } as const;

/** Saves the calls of the report's period, in the finest groups that its tables are made of. */
export async function exportReport({ connection, report }: Services, format: 'csv' | 'json'): Promise<void> {
  const { window } = await requireEngine(connection);
  const period = report.period ?? ({ kind: 'named', name: '7d' } as const);
  const timeZone = readZone();
  const summary = await loadExport(createClient(window), period);
  if (summary.groups.length === 0) {
    void notify.info(vscode.l10n.t('There are no calls in this period to export.'));
    return;
  }
  const uri = await askTarget(formatExportName(summary, timeZone, format), format);
  if (!uri) {
    return;
  }
  const workspace = readWorkspaceName();
  const text = format === 'csv' ? formatCsv(summary) : formatJson(summary, { period, workspace, timeZone });
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text, 'utf8'));
  const open = vscode.l10n.t('Open File');
  const message = vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri));
  // Not awaited: the command is done when the file is written.
  void notify.info(message, open).then(answer => {
    return answer === open ? vscode.window.showTextDocument(uri) : undefined;
  });
}

function askTarget(name: string, format: 'csv' | 'json'): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Usage Report'),
    filters: { [types[format]]: [format] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
}
