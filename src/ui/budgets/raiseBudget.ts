import * as vscode from 'vscode';
import { formatUsd } from '../text/numbers.ts';
import { raiseStored } from './budgetStore.ts';
import { findNextLimit } from './nextLimit.ts';
import { offerUndo } from './offerUndo.ts';

/** Raises a budget by one click, to the next round amount; "Undo" takes that back. Throws when it is in no settings of this window. */
export async function raiseBudget(name: string, limitUsd: number, spentUsd: number): Promise<void> {
  const next = findNextLimit(limitUsd, spentUsd);
  const undo = await raiseStored(name, next);
  if (!undo) {
    throw new Error(vscode.l10n.t('Budget “{0}” is not in the settings of this window.', name));
  }
  void offerUndo(vscode.l10n.t('Budget “{0}” is now {1}.', name, formatUsd(next)), undo);
}
