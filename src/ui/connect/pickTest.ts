import * as vscode from 'vscode';
import { readAgentRows } from './agentRows.ts';
import type { Desk } from './desk.ts';
import { sendTest } from './sendTest.ts';

/** Asks whose connection to prove: that of an agent found, or one's own code. */
export async function pickTest(desk: Desk): Promise<void> {
  const { t } = vscode.l10n;
  const rows = (await readAgentRows(desk)).filter(({ isFound }) => isFound);
  const answer = await vscode.window.showQuickPick(
    [
      { label: t('My Own Code'), description: '', agent: null },
      ...rows.map(({ agent, description }) => ({ label: agent.name, description, agent })),
    ],
    { title: t('Send a Test Record'), placeHolder: t('Whose connection to prove; the record counts nowhere') },
  );
  if (answer) {
    await sendTest(answer.agent, desk);
  }
}
