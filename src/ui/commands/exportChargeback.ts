import * as vscode from 'vscode';
import type { TeamAnswer } from '../../api/teamContract.ts';
import { stretchOf } from '../../core/time/calendar.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import { notify } from '../notifications/notify.ts';
import { formatChargeback, lastMonths } from '../report/chargeback.ts';
import type { Services } from '../services.ts';
import { readZone } from '../settings.ts';
import { withCancel } from '../withCancel.ts';

/** Saves what each team, project, user and model spent in a month, for charging it back. */
export async function exportChargeback({ connection }: Services): Promise<void> {
  await requireEngine(connection);
  const client = connection.machine;
  if (!client) {
    return;
  }
  const months = lastMonths(Date.now(), readZone());
  const month = await vscode.window.showQuickPick([...months], {
    title: vscode.l10n.t('Export Chargeback'),
    placeHolder: vscode.l10n.t('Month to charge back'),
  });
  if (!month) {
    return;
  }
  const [from, to] = stretchOf(`${month}-01`, 'month');
  const answer = await withCancel<TeamAnswer>(vscode.l10n.t("Reading the team's sums"), signal =>
    client.team({ from, to }, ['team', 'project', 'user_id', 'model'], { signal }),
  );
  if (!answer) {
    return;
  }
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `chargeback-${month}.csv`;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Chargeback'),
    filters: { CSV: ['csv'] },
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (!uri) {
    return;
  }
  await vscode.workspace.fs.writeFile(uri, Buffer.from(formatChargeback(month, answer.groups), 'utf8'));
  const open = vscode.l10n.t('Open File');
  const message = vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri));
  void notify.info(message, open).then(choice => (choice === open ? vscode.window.showTextDocument(uri) : undefined));
}
