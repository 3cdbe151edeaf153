import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { copilotAssignments, copilotSection } from '../../connect/agents/copilotChat.ts';
import { rateConnection } from '../../connect/connectionState.ts';
import type { Route } from '../../connect/route.ts';
import { isLinked } from '../../connect/settingsAgent.ts';
import { hashText, readSettingsFile, writeSettingsFile } from '../../connect/settingsFile.ts';
import { assign } from '../../connect/settingsText.ts';
import { type Splice, undoSplices } from '../../connect/textEdit.ts';
import { readUndoRecord, removeUndoRecord, type UndoRecord, writeUndoRecord } from '../../connect/undoRecord.ts';
import type { AgentState } from './agentText.ts';
import type { Desk } from './desk.ts';

const id = 'copilot-chat';
/** In the place of a hash: the file was there, and only its values can be put back. */
const notKept = 'not kept';

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

/** Changes the settings by VS Code's own means. Takes an earlier connection back first. */
export async function connectCopilot(desk: Desk): Promise<void> {
  await disconnectCopilot(desk);
  const before = await readUserSettings(desk);
  const assignments = copilotAssignments(desk.destination, isKnown).map(assignment => ({
    ...assignment,
    was: toPlain(readUser(assignment.path[0])),
  }));
  const base = {
    ...{ version: 1 as const, agent: id, owner: desk.owner, connectedAt: new Date().toISOString() },
    ...{ parts: { telemetry: true, hook: false }, destination: desk.destination, file: null, syntax: 'json' as const },
    ...{ before: notKept, mode: null, newFolders: [], splices: [], newTables: [] },
    assignments: assignments.map(({ path, ...rest }) => ({ path: [...path], ...rest })),
  };
  await writeUndoRecord(base, desk.places);
  for (const { path, value } of assignments) {
    await writeUser(path[0], value);
  }
  const after = await readUserSettings(desk);
  if (before && after?.text.includes(desk.destination.url)) {
    const splices = findInsertion(before.text, after.text);
    await writeUndoRecord({ ...base, ...splices, file: userSettingsPath(desk) }, desk.places);
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
  const isExact = exact !== null && hashText(exact) === record.before;
  if (isExact && record.file !== null && (await readSettingsFile(record.file))?.text !== exact) {
    // VS Code writes what the values are, and may leave a line break or a space that was not there.
    await writeSettingsFile(record.file, exact, file?.mode ?? null);
  }
  await removeUndoRecord(id, desk.places);
  return { kind: own.length === record.assignments.length ? 'exact' : 'ours' };
}

/** What was put in at one place, so that it can be taken out to the byte; nothing where more than that has changed. */
function findInsertion(before: string, after: string): Pick<UndoRecord, 'before' | 'splices'> {
  let start = 0;
  while (start < before.length && before[start] === after[start]) {
    start += 1;
  }
  const added = after.length - before.length;
  const isInsertion = added > 0 && before.slice(start) === after.slice(start + added);
  const splice: Splice = { at: start, text: after.slice(start, start + added), was: '' };
  return isInsertion ? { before: hashText(before), splices: [splice] } : { before: notKept, splices: [] };
}

/** The file of the user's settings, where this window has it on its own machine. */
function userSettingsPath({ services }: Desk): string {
  return join(dirname(dirname(services.context.globalStorageUri.fsPath)), 'settings.json');
}

async function readUserSettings(desk: Desk): Promise<{ readonly text: string } | null> {
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
