import { basename } from 'node:path';
import * as vscode from 'vscode';
import {
  connect,
  connectWrapper,
  type Disconnected,
  disconnect,
  planConnection,
  StalePlanError,
} from '../../connect/connection.ts';
import { previewDisconnection } from '../../connect/connectionState.ts';
import type { Connection, SettingsAgent } from '../../connect/settingsAgent.ts';
import { UneditableError } from '../../connect/settingsSyntax.ts';
import { readUndoRecord } from '../../connect/undoRecord.ts';
import { notify } from '../notifications/notify.ts';
import { confirmChange } from './confirmChange.ts';
import { connectionWith, type Desk } from './desk.ts';

/** Shows what connecting changes in the agent's settings and does it on consent. True when it was done. */
export async function connectSettings(agent: SettingsAgent, parts: Connection['parts'], desk: Desk): Promise<boolean> {
  for (;;) {
    const plan = await planConnection(agent, desk.places, connectionWith(desk, parts)).catch(error =>
      throwUneditable(error, agent.file(desk.places)),
    );
    const replaced = plan.endpoint === null ? null : hideToken(plan.endpoint);
    const isAccepted = await confirmChange({
      title: vscode.l10n.t('Connect {0}', agent.name),
      accept: replaced === null ? vscode.l10n.t('Connect') : vscode.l10n.t('Replace {0} and Connect', replaced),
      detail:
        replaced === null
          ? vscode.l10n.t('Changes {0}. "Disconnect" takes it back to the byte.', plan.file)
          : vscode.l10n.t('Its telemetry goes to {0} now and would no longer. "Disconnect" puts that back.', replaced),
      now: plan.now ?? '',
      next: plan.next,
      fileName: basename(plan.file),
    });
    if (!isAccepted) {
      return false;
    }
    try {
      await connect(plan, desk.places, new Date());
      desk.services.log.info(`Connected ${agent.name} by ${plan.file}.`);
      return true;
    } catch (error) {
      // What was shown would not be what is done: show it again.
      if (!(error instanceof StalePlanError)) {
        throw error;
      }
    }
  }
}

/** Takes a connection back, after it was shown what that changes, unless the file is gone. True when it was done. */
export async function disconnectSettings(agent: SettingsAgent, desk: Desk): Promise<boolean> {
  const record = await readUndoRecord(agent.id, desk.places);
  const preview = record && (await previewDisconnection(record));
  const isAccepted =
    !preview ||
    (await confirmChange({
      title: vscode.l10n.t('Disconnect {0}', agent.name),
      accept: vscode.l10n.t('Disconnect'),
      detail: vscode.l10n.t('Changes {0} back.', record.file ?? ''),
      ...preview,
      fileName: basename(record.file ?? ''),
    }));
  if (isAccepted) {
    tellDisconnected(agent.name, await disconnect(agent.id, desk.places));
    desk.services.log.info(`Disconnected ${agent.name}.`);
  }
  return isAccepted;
}

/** Says how an agent was disconnected. */
export function tellDisconnected(name: string, done: Disconnected): void {
  const texts: Record<Disconnected['kind'], string> = {
    exact: vscode.l10n.t('Disconnected {0}. Its settings are what they were.', name),
    ours: vscode.l10n.t('Disconnected {0}. Its settings were changed since: ours was taken out, the rest stays.', name),
    nothing: vscode.l10n.t('Disconnected {0}. There was nothing of ours left.', name),
  };
  const kept = done.kind === 'ours' && done.kept.length > 0 ? done.kept.map(path => path.join('.')).join(', ') : null;
  const more = kept === null ? '' : ` ${vscode.l10n.t('No longer ours, and left: {0}.', kept)}`;
  void notify.info(texts[done.kind] + more);
}

/** Installs the shell wrapper; nothing of any agent is changed. */
export async function installWrapper(desk: Desk): Promise<void> {
  await connectWrapper(desk.places, connectionWith(desk, { telemetry: false, hook: true }), new Date());
}

/** Says which file it is and what can be done. */
function throwUneditable(error: unknown, file: string): never {
  throw error instanceof UneditableError
    ? new Error(
        vscode.l10n.t('{0} was left as it is. {1} "How It Works" says what to write by hand.', file, error.message),
      )
    : error;
}

/** An address without a token in its path. */
function hideToken(endpoint: string): string {
  return endpoint.replace(/\/t\/[^/]+/, '/t/…');
}
