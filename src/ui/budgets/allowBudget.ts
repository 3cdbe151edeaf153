import * as vscode from 'vscode';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { notify } from '../notifications/notify.ts';
import { formatClock } from '../text/numbers.ts';

/** Lets a budget be overdrawn for an hour, and says until when; "End Now" takes that back. Throws when the engine can't be asked. */
export async function allowForAnHour(name: string, connection: EngineConnection): Promise<void> {
  await connection.allowBudget(name, 60);
  const time = formatClock(Date.now() + 3_600_000);
  const endNow = vscode.l10n.t('End Now');
  const text = vscode.l10n.t('Calls go on although budget “{0}” is spent, until {1}.', name, time);
  void notify.info(text, endNow).then(answer => {
    return answer === endNow ? connection.allowBudget(name, 0) : undefined;
  });
}
