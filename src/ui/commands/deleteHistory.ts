import * as vscode from 'vscode';
import { type Client, createClient } from '../../api/client.ts';
import type { Figures } from '../../api/contract.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import {
  always,
  chooseDays,
  type Deletion,
  findDayProblem,
  formatConsequence,
  formatDeleted,
  listPeriods,
  listSessions,
} from '../history/deletions.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readZone } from '../settings.ts';
import { withCancel } from '../withCancel.ts';
import { exportDatabase } from './exportDatabase.ts';

/** Deletes a period or a session of this window's calls, after it has shown what goes and was told to. */
export async function deleteHistory(services: Services): Promise<void> {
  const { window } = await requireEngine(services.connection);
  const client = createClient(window);
  const deletion = await askWhat(client);
  if (!deletion) {
    return;
  }
  const { request, name } = deletion;
  const { deleted: going } = await client.deleteHistory({ ...request, dry_run: true });
  if (going.requests === 0) {
    void notify.info(vscode.l10n.t('There are no calls {0}.', name));
    return;
  }
  if (!(await confirm(services, name, going))) {
    return;
  }
  // Not cancellable: what is cancelled in the middle would be deleted by half.
  const { deleted } = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Spend Lens: deleting usage history') },
    () => client.deleteHistory(request),
  );
  void notify.info(vscode.l10n.t('Deleted {0} {1}.', formatDeleted(deleted, vscode.l10n.t), name));
}

async function askWhat(client: Client): Promise<Deletion | undefined> {
  const periods = listPeriods(Date.now(), readZone(), vscode.l10n.t).map(period => ({
    ...period,
    choose: async (): Promise<Deletion | undefined> => period,
  }));
  const custom = { label: vscode.l10n.t('Custom period…'), choose: askDays };
  const session = { label: vscode.l10n.t('A session…'), choose: () => askSession(client) };
  const picked = await vscode.window.showQuickPick([...periods, custom, session], {
    title: vscode.l10n.t('Delete Usage History'),
    placeHolder: vscode.l10n.t('What to delete of this workspace; nothing goes before you have confirmed it'),
    ignoreFocusOut: true,
  });
  return picked?.choose();
}

async function askDays(): Promise<Deletion | undefined> {
  const from = await askDay(vscode.l10n.t('First day to delete'), null);
  const last = from === undefined ? undefined : await askDay(vscode.l10n.t('Last day to delete'), from);
  return from === undefined || last === undefined ? undefined : chooseDays(from, last, vscode.l10n.t);
}

async function askDay(prompt: string, from: string | null): Promise<string | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Delete Usage History'),
    prompt,
    placeHolder: vscode.l10n.t('YYYY-MM-DD'),
    ...(from === null ? {} : { value: from }),
    ignoreFocusOut: true,
    validateInput: text => findDayProblem(text, from, vscode.l10n.t),
  });
  return answer?.trim();
}

async function askSession(client: Client): Promise<Deletion | undefined> {
  const summary = await withCancel(vscode.l10n.t('Reading the sessions'), signal =>
    client.summary(always, ['session_id', 'day'], { signal }),
  );
  const sessions = listSessions(summary?.groups ?? [], vscode.l10n.t);
  if (summary && sessions.length === 0) {
    void notify.info(vscode.l10n.t('There are no sessions: no call named one.'));
  }
  if (sessions.length === 0) {
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(sessions, {
    title: vscode.l10n.t('Delete a Session'),
    placeHolder: vscode.l10n.t('The session whose calls are deleted'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return (
    picked && { request: { session_id: picked.sessionId }, name: vscode.l10n.t('of session {0}', picked.sessionId) }
  );
}

/** Whether the user wants it gone. Exporting first asks again afterwards. */
async function confirm(services: Services, name: string, going: Figures): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const exportFirst = vscode.l10n.t('Export Database…');
  for (;;) {
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Delete {0} {1}?', formatDeleted(going, vscode.l10n.t), name),
      { modal: true, detail: formatConsequence(going, vscode.l10n.t) },
      remove,
      exportFirst,
    );
    if (answer !== exportFirst) {
      return answer === remove;
    }
    await exportDatabase(services);
  }
}
