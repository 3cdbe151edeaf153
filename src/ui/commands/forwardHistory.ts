import * as vscode from 'vscode';
import { createClient } from '../../api/client.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import { pickDestination } from '../forwarding/pickDestination.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { formatCount } from '../text/numbers.ts';
import { withCancel } from '../withCancel.ts';

/** Sends the calls that were there before a destination was, after a confirmation, with progress; a cancel leaves what was sent. */
export async function forwardHistory({ connection }: Services): Promise<void> {
  const { window } = await requireEngine(connection);
  const title = vscode.l10n.t('Forward History');
  const destination = await pickDestination(title);
  if (!destination) {
    return;
  }
  const { name, privacy } = destination;
  const send = vscode.l10n.t('Send');
  const detail = vscode.l10n.t(
    'Every stored call of this workspace is sent at the privacy level "{0}". What the destination has already is not stored twice.',
    privacy,
  );
  const question = vscode.l10n.t('Send the history of this workspace to "{0}"?', name);
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, send)) !== send) {
    return;
  }
  const sent = await withCancel(vscode.l10n.t('Forwarding history to "{0}"', name), async (signal, tell) => {
    let done = 0;
    for await (const event of createClient(window).forwardHistory(name, signal)) {
      if (event.type === 'failed') {
        throw new Error(vscode.l10n.t('Forwarding failed: {0} What was sent until then stays.', event.detail));
      }
      if (event.type === 'progress') {
        const text = vscode.l10n.t('{0} of {1} calls', formatCount(event.sent), formatCount(event.total));
        tell(text, event.total === 0 ? 0 : (100 * (event.sent - done)) / event.total);
        done = event.sent;
      }
    }
    return done;
  });
  void notify.info(
    sent === undefined
      ? vscode.l10n.t('Forwarding was cancelled. What was sent until then stays at "{0}".', name)
      : vscode.l10n.t('"{0}" has the history of this workspace ({1} calls).', name, formatCount(sent)),
  );
}
