import * as vscode from 'vscode';
import { requireEngine } from '../connection/requireEngine.ts';
import { forgetConsents } from '../estimate/exactCount.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';

/** Forgets the estimates that were kept and what was learned from them, after asking; also keys and consents for exact counts. */
export async function resetLearnedFactors(services: Services): Promise<void> {
  await requireEngine(services.connection);
  const reset = vscode.l10n.t('Reset');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Reset what Spend Lens learned about token counts?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Estimates kept in this workspace are forgotten, and with them how far they were off. Token counts follow the built-in factors again. Keys and consents for exact counts are removed too.',
      ),
    },
    reset,
  );
  if (answer === reset) {
    await services.connection.ledger?.forgetEstimates();
    await forgetConsents(services);
    services.estimator.history.forget();
    services.livePrompts.refresh();
    void notify.info(vscode.l10n.t('Token counts follow the built-in factors again.'));
  }
}
