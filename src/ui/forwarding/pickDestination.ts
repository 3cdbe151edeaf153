import * as vscode from 'vscode';
import type { ForwardDestination } from '../../contributions.ts';
import { notify } from '../notifications/notify.ts';
import { readSettings, showSetting } from '../settings.ts';

/** Asks for one of the destinations; the only one needs no question. Undefined when there is none, which is said, or none was chosen. */
export async function pickDestination(title: string): Promise<ForwardDestination | undefined> {
  const destinations = readSettings().forward;
  if (destinations.length === 0) {
    const openSettings = vscode.l10n.t('Open Settings');
    const text = vscode.l10n.t('Nothing is forwarded yet. Name a destination in the setting spendLens.forward first.');
    if ((await notify.info(text, openSettings)) === openSettings) {
      await showSetting('forward');
    }
    return undefined;
  }
  if (destinations.length === 1) {
    return destinations[0];
  }
  const items = destinations.map(destination => ({
    label: destination.name,
    description: destination.privacy,
    detail: destination.url,
    destination,
  }));
  return (await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true }))?.destination;
}
