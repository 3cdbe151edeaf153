import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { copilotAssignments, copilotSection } from '../../connect/agents/copilotChat.ts';
import { rateConnection } from '../../connect/connectionState.ts';
import type { Route } from '../../connect/route.ts';
import { isLinked } from '../../connect/settingsAgent.ts';
import { hashText, readSettingsFile, removeSettingsFile, writeSettingsFile } from '../../connect/settingsFile.ts';
import { assign } from '../../connect/settingsText.ts';
import { TextEdit, undoSplices } from '../../connect/textEdit.ts';
import { readUndoRecord, removeUndoRecord, writeUndoRecord } from '../../connect/undoRecord.ts';
import type { AgentState } from './agentText.ts';
import type { Desk } from './desk.ts';

const id = 'copilot-chat';

/** What connecting would change in VS Code's settings, to be shown. */
export interface CopilotPlan {
  readonly now: string;
  readonly next: string;
  /** Another address that its telemetry goes to now. */
  readonly endpoint: string | null;
}

/** Whether this VS Code has Copilot Chat's telemetry settings. */
function isKnown(key: string): boolean {
  return vscode.workspace.getConfiguration().inspect(key)?.defaultValue !== undefined;
}

/** The state by VS Code's settings. */
export async function readCopilotState({ places, destination, owner }: Desk): Promise<AgentState> {
  const record = await readUndoRecord(id, places);
  if (record) {
    return rateConnection(record, destination, owner, assignment =>
      isDeepStrictEqual(toPlain(readUser(assignment.path[0])), 'value' in assignment ? assignment.value : undefined),
    );
  }
  const endpoint = readEndpoint();
  if (endpoint === null) {
    return { kind: 'off' };
  }
  return isLinked(endpoint, destination) ? { kind: 'byHand' } : { kind: 'elsewhere', endpoint };
}

/** Where its spans go by the settings in effect; null when they go nowhere. */
export function readCopilotRoute(path: string): Route | null {
  const endpoint = readEndpoint();
  const headers = toPlain(vscode.workspace.getConfiguration(copilotSection).get('headers')) as Record<string, string>;
  return endpoint === null ? null : { url: endpoint.replace(/\/$/, '') + path, headers: headers ?? {} };
}

/** Plans the change. Throws an Error fit for the user when this VS Code has no such settings. */
export async function planCopilot(desk: Desk): Promise<CopilotPlan> {
  const assignments = copilotAssignments(desk.destination, isKnown);
  if (assignments.length === 0) {
    throw new Error(
      vscode.l10n.t('GitHub Copilot Chat is not active in this VS Code, so its settings can not be changed.'),
    );
  }
  const file = await readUserSettings(desk);
  const values = assignments.flatMap(({ path: [key = ''] }) => {
    const value = readUser(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  // In a remote window the user's settings are on another machine: then only what is concerned is shown.
  const now = file?.text ?? `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
  const endpoint = readEndpoint();
  const isOurs = endpoint !== null && isLinked(endpoint, desk.destination);
  return { now, next: assign('json', now, assignments).text, endpoint: isOurs ? null : endpoint };
}

/**
 * Changes the settings by VS Code's own means. Takes an earlier connection back first. VS Code asks to reload the window as soon as the
 * first setting of its agent host has changed, which ends this here: so the way back is kept after each of them.
 */
export async function connectCopilot(desk: Desk): Promise<void> {
  await disconnectCopilot(desk);
  const before = await readUserSettings(desk);
  const edit = new TextEdit(before?.text ?? '');
  const assignments = copilotAssignments(desk.destination, isKnown).map(({ path, value }) => ({
    ...{ path: [...path], value, was: toPlain(readUser(path[0])) },
  }));
  const keep = () =>
    writeUndoRecord(
      {
        ...{ version: 1, agent: id, owner: desk.owner, connectedAt: new Date().toISOString() },
        ...{ parts: { telemetry: true, hook: false }, destination: desk.destination, syntax: 'json' },
        // Nothing of the file changes where the window's settings are on another machine: then only the values are kept.
        file: edit.splices.length > 0 ? userSettingsPath(desk) : null,
        ...{ before: before && hashText(before.text), mode: before?.mode ?? null, newFolders: [] },
        ...{ splices: [...edit.splices], assignments, newTables: [] },
      },
      desk.places,
    );
  await keep();
  for (const { path, value } of assignments) {
    await writeUser(path[0], value);
    const after = await readUserSettings(desk);
    edit.become(after?.text ?? edit.text);
    await keep();
    if (after && edit.splices.length > 0) {
      // The token is in it now, as in the settings of other agents, which nobody else may read either.
      await chmod(userSettingsPath(desk), after.mode & 0o700);
    }
  }
}

/** Gives every setting the value it had; one that somebody has changed since stays. */
export async function disconnectCopilot(desk: Desk): Promise<{ kind: 'exact' | 'ours' | 'nothing' }> {
  const record = await readUndoRecord(id, desk.places);
  if (!record) {
    return { kind: 'nothing' };
  }
  const file = record.file === null ? null : await readSettingsFile(record.file);
  const exact = file && undoSplices(file.text, record.splices);
  const own = record.assignments.filter(
    assignment => 'value' in assignment && isDeepStrictEqual(toPlain(readUser(assignment.path[0])), assignment.value),
  );
  for (const { path, was } of own) {
    await writeUser(path[0], was);
  }
  if (file && record.file !== null && exact !== null && hashText(exact) === (record.before ?? hashText(''))) {
    await restoreBytes(record.file, record.before === null ? null : exact, file.mode);
  }
  if (file && record.file !== null && record.mode !== null) {
    await chmod(record.file, record.mode);
  }
  await removeUndoRecord(id, desk.places);
  return { kind: own.length === record.assignments.length ? 'exact' : 'ours' };
}

/** VS Code writes what the values are, and leaves line breaks and spaces that were not there, or a file that was not. */
async function restoreBytes(file: string, text: string | null, mode: number): Promise<void> {
  if (text === null) {
    await removeSettingsFile(file, []);
  } else if ((await readSettingsFile(file))?.text !== text) {
    await writeSettingsFile(file, text, mode);
  }
}

/** The file of the user's settings, where this window has it on its own machine. */
function userSettingsPath({ services }: Desk): string {
  return join(dirname(dirname(services.context.globalStorageUri.fsPath)), 'settings.json');
}

async function readUserSettings(desk: Desk): Promise<{ readonly text: string; readonly mode: number } | null> {
  return readSettingsFile(userSettingsPath(desk)).catch(() => null);
}

function readEndpoint(): string | null {
  const settings = vscode.workspace.getConfiguration(copilotSection);
  const endpoint = settings.get('otlpEndpoint');
  return settings.get('enabled') === true && typeof endpoint === 'string' && endpoint !== '' ? endpoint : null;
}

function readUser(key = ''): unknown {
  return vscode.workspace.getConfiguration().inspect(key)?.globalValue;
}

async function writeUser(key: string | undefined, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(key ?? '', value, vscode.ConfigurationTarget.Global);
}

/** VS Code's values are proxies. */
function toPlain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
