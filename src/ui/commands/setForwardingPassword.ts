import * as vscode from 'vscode';
import { pickDestination } from '../forwarding/pickDestination.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';

/** Keeps the password of a database, or the headers of a collector, in the system's secret storage. */
export async function setForwardingPassword({ forwardPasswords }: Services): Promise<void> {
  const title = vscode.l10n.t('Set Forwarding Password');
  const destination = await pickDestination(title);
  if (!destination) {
    return;
  }
  const { name, type } = destination;
  const password = await vscode.window.showInputBox({
    title,
    prompt:
      type === 'otlp'
        ? vscode.l10n.t('Headers for "{0}", such as authorization=Bearer …; nothing forgets them', name)
        : vscode.l10n.t('Password for "{0}"; nothing forgets it', name),
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) {
    return;
  }
  await forwardPasswords.set(name, password);
  void notify.info(
    password === ''
      ? vscode.l10n.t('The password for "{0}" was forgotten.', name)
      : vscode.l10n.t('The password for "{0}" is in the system\'s secret storage.', name),
  );
}
