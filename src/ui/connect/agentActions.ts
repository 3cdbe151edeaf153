import * as vscode from 'vscode';
import { vscodeHooks } from '../../connect/agents/vscodeHooks.ts';
import type { KnownAgent } from '../../connect/catalogue.ts';
import { wrapperCommand } from '../../connect/checkScript.ts';
import { disconnect, shellWrapper } from '../../connect/connection.ts';
import { settingsAgents } from '../../connect/settingsAgents.ts';
import { readUndoRecord } from '../../connect/undoRecord.ts';
import { commands } from '../../contributions.ts';
import { notify } from '../notifications/notify.ts';
import type { AgentRow } from './agentRows.ts';
import { askPlan } from './askPlan.ts';
import { confirmChange } from './confirmChange.ts';
import { connectCopilot, disconnectCopilot, planCopilot } from './copilotChat.ts';
import type { Desk } from './desk.ts';
import { followLogs, namesOf } from './followLogs.ts';
import { sendTest } from './sendTest.ts';
import { connectSettings, disconnectSettings, installWrapper, tellDisconnected } from './settingsActions.ts';

/** Something that can be done with an agent. */
export interface AgentAction extends vscode.QuickPickItem {
  run(): Promise<unknown>;
}

const docs = 'https://github.com/spend-lens/spend-lens/blob/main/docs/connect';

/** What can be done with an agent in its state, the likeliest first. */
export function listActions({ agent, state }: AgentRow, desk: Desk): AgentAction[] {
  const { t } = vscode.l10n;
  const settings = settingsAgents.find(({ id }) => id === agent.id);
  const isMade = 'parts' in state;
  const hasHook = isMade && state.parts.hook;
  const connect = async (hook: boolean) => {
    if (settings && (await connectSettings(settings, { telemetry: true, hook }, desk))) {
      await welcome(agent.name, () => sendTest(agent, desk), hook === hasHook ? null : hook);
      await askPlan(namesOf(agent), agent.name);
    }
  };
  const actions: (AgentAction | false)[] = [
    settings !== undefined &&
      state.kind !== 'connected' && {
        label: isMade ? t('Update Connection') : t('Connect'),
        detail: t('Shows what changes in {0} first', settings.file(desk.places)),
        run: () => connect(hasHook),
      },
    agent.way === 'vscode' &&
      state.kind !== 'connected' && {
        label: isMade ? t('Update Connection') : t('Connect'),
        detail: t("Shows what changes in VS Code's settings first"),
        run: () => connectChat(agent.name, desk),
      },
    agent.way === 'logs' &&
      !('isSet' in state && state.isSet) && {
        label: t('Connect'),
        detail: t('Reads the logs that it writes; nothing of its own is changed'),
        run: () => connectLogs(agent),
      },
    {
      label: t('Send Test Record'),
      detail:
        agent.way === 'logs'
          ? t('To the engine; it counts nowhere')
          : t('By the way its telemetry goes; it counts nowhere'),
      run: () => sendTest(agent, desk),
    },
    agent.id === 'claude-code' &&
      !hasHook && {
        label: t('Ask Budgets Before Each Prompt'),
        detail: t(
          'Adds hooks that stop a prompt or a tool when an enforced budget is spent; without an engine they let it go on',
        ),
        run: () => connect(true),
      },
    agent.id === 'claude-code' &&
      hasHook && {
        label: t('Stop Asking Budgets'),
        detail: t('Takes the hooks out again; telemetry stays'),
        run: () => connect(false),
      },
    agent.way === 'logs' && {
      label: t('Import Agent History…'),
      detail: t('What it left on disk so far; nothing of its own is changed'),
      run: () => Promise.resolve(vscode.commands.executeCommand(commands.importHistory)),
    },
    {
      label: t('Set Plan…'),
      detail: t('Whether it is paid per token or by a subscription'),
      run: () => askPlan(namesOf(agent), agent.name, true),
    },
    state.kind === 'logs' && {
      label: t('Disconnect'),
      detail: t('Its logs are no longer read; what was counted stays'),
      run: () => followLogs(agent, false),
    },
    isMade && {
      label: t('Disconnect'),
      detail: t('Takes back what connecting has changed'),
      run: async () =>
        settings ? disconnectSettings(settings, desk) : tellDisconnected(agent.name, await disconnectChat()),
    },
    {
      label: t('How It Works'),
      detail: `docs/connect/${agent.page}.md`,
      run: () => Promise.resolve(vscode.env.openExternal(vscode.Uri.parse(`${docs}/${agent.page}.md`))),
    },
  ];
  return actions.filter(action => action !== false);

  async function disconnectChat() {
    const { kind } = await disconnectCopilot(desk);
    return kind === 'ours' ? { kind, kept: [] } : { kind };
  }
}

/** What can be done with the hooks of VS Code's own agents. */
export async function toggleVscodeHooks(desk: Desk): Promise<void> {
  const isOn = (await readUndoRecord(vscodeHooks.id, desk.places)) !== null;
  await (isOn
    ? disconnectSettings(vscodeHooks, desk)
    : connectSettings(vscodeHooks, { telemetry: false, hook: true }, desk));
}

/** Puts the shell wrapper there and its line on the clipboard, or takes it away. */
export async function toggleShellWrapper(desk: Desk): Promise<void> {
  const { t } = vscode.l10n;
  if ((await readUndoRecord(shellWrapper, desk.places)) !== null) {
    await disconnect(shellWrapper, desk.places);
    void notify.info(t('The shell wrapper is gone.'));
    return;
  }
  await installWrapper(desk);
  await vscode.env.clipboard.writeText(wrapperCommand(desk.places));
  void notify.info(t('Copied. Paste it before the command that starts your agent.'));
}

async function connectLogs(agent: KnownAgent): Promise<void> {
  const { t } = vscode.l10n;
  if (await followLogs(agent, true)) {
    void notify.info(t('Connected {0}. What it does counts as it writes its logs.', agent.name));
    await askPlan(namesOf(agent), agent.name);
  }
}

async function connectChat(name: string, desk: Desk): Promise<void> {
  const { t } = vscode.l10n;
  const { now, next, endpoint } = await planCopilot(desk);
  const isAccepted = await confirmChange({
    title: t('Connect {0}', name),
    accept: endpoint === null ? t('Connect') : t('Replace {0} and Connect', endpoint),
    detail:
      endpoint === null
        ? t('Changes VS Code\'s user settings. "Disconnect" takes it back.')
        : t('Its telemetry goes to {0} now and would no longer. "Disconnect" puts that back.', endpoint),
    now,
    next,
    fileName: 'settings.json',
  });
  if (isAccepted) {
    // First, since VS Code asks to reload the window as soon as its settings change.
    await askPlan(['copilot-chat'], name);
    await connectCopilot(desk);
    const reload = t('Reload Window');
    if ((await notify.info(t('Connected {0}. It reports after the window was reloaded.', name), reload)) === reload) {
      await vscode.commands.executeCommand('workbench.action.reloadWindow');
    }
  }
}

/** Says what comes next; nobody waits for the answer. `hook` says whether hooks came or went; null when neither. */
async function welcome(name: string, test: () => Promise<void>, hook: boolean | null): Promise<void> {
  const { t } = vscode.l10n;
  const sendTestRecord = t('Send Test Record');
  const text =
    hook === null
      ? t('Connected {0}. It reports from its next start on.', name)
      : hook
        ? t('{0} asks budgets from its next start on.', name)
        : t('{0} no longer asks budgets, from its next start on.', name);
  void notify.info(text, sendTestRecord).then(async answer => {
    if (answer === sendTestRecord) {
      await test().catch((error: Error) => notify.error(t('Spend Lens: {0}', error.message)));
    }
  });
}
