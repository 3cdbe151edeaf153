import * as vscode from 'vscode';
import { type Client, createClient } from '../../api/client.ts';
import type { ImportSummary } from '../../api/contract.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import {
  type AgentItem,
  formatFollowed,
  formatImportProgress,
  formatImportSummary,
  formatNothingFound,
  listAgents,
} from '../history/agentHistory.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import { withCancel } from '../withCancel.ts';

/** Imports what agents left on disk: asks which agents, tells how far it is, and what was new. */
export async function importHistory({ connection, report }: Services): Promise<void> {
  const { window } = await requireEngine(connection);
  const client = createClient(window);
  const found = await withCancel(vscode.l10n.t('Looking for agent history'), signal =>
    client.findTranscripts(undefined, signal),
  );
  if (!found) {
    return;
  }
  const items = listAgents(found, vscode.l10n.t);
  if (items.length === 0) {
    void notify.info(formatNothingFound(vscode.l10n.t));
    return;
  }
  const agents = (await askAgents(items))?.map(({ agent }) => agent) ?? [];
  if (agents.length === 0) {
    return;
  }
  const done = await withCancel(vscode.l10n.t('Importing agent history'), (signal, tell) =>
    run(client, agents, signal, tell),
  );
  const openReport = vscode.l10n.t('Open Report');
  const text = done
    ? [formatImportSummary(done, vscode.l10n.t), formatFollowed(agents, isFollowed, vscode.l10n.t)]
        .filter(Boolean)
        .join(' ')
    : vscode.l10n.t('The import was cancelled. What was imported until then stays; the next import goes on there.');
  void notify.info(text, openReport).then(answer => (answer === openReport ? report.show() : undefined));
}

/** Whether the engine follows an agent whose history was imported. */
function isFollowed(agent: string): boolean {
  return readSettings()['transcripts.watch'][agent] !== false;
}

function askAgents(items: readonly AgentItem[]): Thenable<AgentItem[] | undefined> {
  return vscode.window.showQuickPick(
    items.map(item => ({ ...item, picked: true })),
    {
      title: vscode.l10n.t('Import Agent History'),
      placeHolder: vscode.l10n.t(
        'Agents whose calls are counted, those of the past and from now on; prompts and answers are not kept',
      ),
      canPickMany: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
}

async function run(
  client: Client,
  agents: readonly string[],
  signal: AbortSignal,
  tell: (message: string, increment: number) => void,
): Promise<ImportSummary> {
  let share = 0;
  for await (const event of client.importHistory(agents, signal)) {
    if (event.type === 'progress') {
      const now = (100 * event.bytes_read) / Math.max(1, event.bytes_to_read);
      tell(formatImportProgress(event, vscode.l10n.t), Math.max(0, now - share));
      share = Math.max(share, now);
    } else if (event.type === 'done') {
      return event;
    } else if (event.type === 'failed') {
      throw new Error(vscode.l10n.t('The import failed: {0} What was imported until then stays.', event.detail));
    }
  }
  throw new Error(vscode.l10n.t('The import ended without a result. Try again.'));
}
