import * as vscode from 'vscode';
import { notify } from '../notifications/notify.ts';
import { showSetting } from '../settings.ts';

/** Says what was changed, with the way back. Not to be awaited: the change is made. */
export async function offerUndo(text: string, undo: () => Promise<void>): Promise<void> {
  const back = vscode.l10n.t('Undo');
  const openSettings = vscode.l10n.t('Open in Settings');
  switch (await notify.info(text, back, openSettings)) {
    case back:
      await undo();
      break;
    case openSettings:
      await showSetting('budgets');
      break;
  }
}
