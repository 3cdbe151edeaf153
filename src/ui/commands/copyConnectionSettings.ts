import * as vscode from 'vscode';
import { requireEngine } from '../connection/requireEngine.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { formatConnectionSettings } from '../text/connectionText.ts';

/** Copies what an agent needs to reach this window's ledger. The address is plain loopback: agents run where the engine does. */
export async function copyConnectionSettings({ connection }: Services): Promise<void> {
  const { window } = await requireEngine(connection);
  await vscode.env.clipboard.writeText(formatConnectionSettings({ ...window, platform: process.platform }));
  void notify.info(
    // Longer ones are cut to one line.
    vscode.l10n.t('Connection settings copied. The token in them is a secret.'),
  );
}
