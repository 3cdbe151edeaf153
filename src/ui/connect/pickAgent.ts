import * as vscode from 'vscode';
import { listUndoRecords } from '../../connect/undoRecord.ts';
import { formatError } from '../log.ts';
import { type AgentAction, listActions, toggleShellWrapper, toggleVscodeHooks } from './agentActions.ts';
import { type AgentRow, readAgentRows } from './agentRows.ts';
import type { Desk } from './desk.ts';
import { connectOwnCode } from './ownCode.ts';

interface Entry extends vscode.QuickPickItem {
  readonly id: string;
  readonly run: () => Promise<unknown>;
}

/** How often the states are read again while the list is open, ms. */
const refreshMs = 1000;

/** Lists agents and the other ways to report, and does what is chosen. */
export async function pickAgent(desk: Desk): Promise<void> {
  const answer = await showLive(desk);
  await answer?.run();
}

/** The list, kept as it is now while it is open. */
async function showLive(desk: Desk): Promise<Entry | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = t('Connect Agent');
  pick.placeholder = t('Agents on this machine; nothing is changed before you have seen it');
  pick.matchOnDescription = true;
  pick.keepScrollPosition = true;
  pick.busy = true;
  const answer = new Promise<Entry | undefined>(resolve => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  pick.show();
  let shown = '';
  const refresh = async () => {
    const [rows, records] = await Promise.all([
      readAgentRows(desk),
      listUndoRecords(desk.places, error => desk.services.log.warn(formatError(error))),
    ]);
    const entries = listEntries(rows, new Set(records.map(({ agent }) => agent)), desk);
    const text = JSON.stringify(entries.map(({ id, label, description }) => [id, label, description]));
    if (text !== shown) {
      shown = text;
      const active = pick.activeItems[0]?.id;
      pick.items = entries;
      pick.activeItems = entries.filter(({ id, kind }) => id === active && kind === undefined);
    }
    pick.busy = false;
  };
  const refreshQuietly = () => void refresh().catch(error => desk.services.log.warn(formatError(error)));
  const timer = setInterval(refreshQuietly, refreshMs);
  refreshQuietly();
  try {
    return await answer;
  } finally {
    clearInterval(timer);
    pick.dispose();
  }
}

function listEntries(rows: readonly AgentRow[], connected: ReadonlySet<string>, desk: Desk): Entry[] {
  const { t } = vscode.l10n;
  const entry = (row: AgentRow): Entry => ({
    id: row.agent.id,
    label: row.agent.name,
    description: row.description,
    run: () => choose(row, desk),
  });
  const separator = (label: string): Entry => ({
    ...{ id: label, label, kind: vscode.QuickPickItemKind.Separator },
    run: () => Promise.resolve(),
  });
  // Hooks of VS Code and the wrapper are for a POSIX shell.
  const shell: Entry[] =
    desk.places.platform === 'win32'
      ? []
      : [
          {
            id: 'vscode-hooks',
            label: t('Hooks for VS Code Agents'),
            description: connected.has('vscode-hooks') ? t('connected') : t('ask budgets before each prompt'),
            run: () => toggleVscodeHooks(desk),
          },
          {
            id: 'shell-wrapper',
            label: t('Shell Wrapper'),
            description: connected.has('shell-wrapper')
              ? t('installed: choose it to remove it')
              : 'spend-lens-check && your-agent',
            run: () => toggleShellWrapper(desk),
          },
        ];
  const missing = rows.filter(({ isFound }) => !isFound);
  return [
    ...rows.filter(({ isFound }) => isFound).map(entry),
    separator(t('other ways')),
    {
      id: 'own-code',
      label: t('My Own Code'),
      description: t('OpenAI and Anthropic SDKs, Python and TypeScript'),
      run: () => connectOwnCode(desk),
    },
    ...shell,
    ...(missing.length > 0 ? [separator(t('not found on this machine')), ...missing.map(entry)] : []),
  ];
}

/** One that is not connected is connected at once: its change is shown first anyway. */
async function choose(row: AgentRow, desk: Desk): Promise<void> {
  const actions = listActions(row, desk);
  const [first] = actions;
  if (['off', 'elsewhere', 'outdated'].includes(row.state.kind)) {
    await first?.run();
    return;
  }
  const answer = await vscode.window.showQuickPick<AgentAction>(actions, {
    title: row.agent.name,
    placeHolder: row.description,
  });
  await answer?.run();
}
