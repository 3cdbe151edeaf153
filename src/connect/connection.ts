import { removeCheckScript, writeCheckScript } from './checkScript.ts';
import type { Places } from './places.ts';
import { type Connection, isLinked, type SettingsAgent } from './settingsAgent.ts';
import { hashText, readSettingsFile, removeSettingsFile, writeSettingsFile } from './settingsFile.ts';
import { assign, parseSettingsText, type Reversed, reverse } from './settingsText.ts';
import { listUndoRecords, readUndoRecord, removeUndoRecord, type UndoRecord, writeUndoRecord } from './undoRecord.ts';

/** What connecting would do, to be shown before it is done. */
export interface ConnectionPlan {
  readonly agent: SettingsAgent;
  readonly connection: Connection;
  readonly file: string;
  /** The text as it is; null when there is no file. */
  readonly now: string | null;
  readonly next: string;
  /** Another address that the agent's telemetry goes to now, and would no longer. */
  readonly endpoint: string | null;
  readonly record: Omit<UndoRecord, 'connectedAt' | 'newFolders'>;
  /** Folders that an earlier connection had made. */
  readonly newFolders: readonly string[];
}

/** The file is not what it was when the plan was made. */
export class StalePlanError extends Error {
  override readonly name = 'StalePlanError';
}

/**
 * Plans to connect an agent, or to connect it anew when it is connected. Changes nothing. Throws `UneditableError` for settings
 * that can't be changed safely.
 */
export async function planConnection(
  agent: SettingsAgent,
  places: Places,
  connection: Connection,
): Promise<ConnectionPlan> {
  const record = await readUndoRecord(agent.id, places);
  const file = agent.file(places);
  const current = await readSettingsFile(file);
  // A new connection starts from the file as it was without the old one, so that one undo takes everything back.
  const known = record?.file === file ? record : null;
  const base = known ? undoIn(current?.text ?? null, known) : null;
  const before = base ? base.text : (current?.text ?? null);
  const settings = parseSettingsText(agent.syntax, before ?? '');
  const { text, ...reversal } = assign(agent.syntax, before ?? '', agent.assignments(connection, settings));
  const endpoint = connection.parts.telemetry ? agent.findEndpoint(settings) : null;
  return {
    agent,
    connection,
    file,
    now: current?.text ?? null,
    next: text,
    endpoint: endpoint === null || isLinked(endpoint, connection.destination) ? null : endpoint,
    record: {
      version: 1,
      agent: agent.id,
      owner: connection.owner,
      parts: connection.parts,
      destination: connection.destination,
      file,
      syntax: agent.syntax,
      before: before === null ? null : hashText(before),
      mode: known ? known.mode : (current?.mode ?? null),
      ...toMutable(reversal),
    },
    newFolders: known?.newFolders ?? [],
  };
}

/** Does what was planned. Throws {@link StalePlanError} when the file has changed meanwhile, and what writing throws. */
export async function connect(plan: ConnectionPlan, places: Places, now: Date): Promise<void> {
  const current = await readSettingsFile(plan.file);
  if ((current?.text ?? null) !== plan.now) {
    throw new StalePlanError(`${plan.file} has changed meanwhile.`);
  }
  const record = { ...plan.record, connectedAt: now.toISOString(), newFolders: [...plan.newFolders] };
  // First the way back: a crash in between leaves a record of a change that is not there, which is harmless.
  await writeUndoRecord(record, places);
  await followHooks(places);
  const made = await writeSettingsFile(plan.file, plan.next, null);
  if (made.length > 0) {
    await writeUndoRecord({ ...record, newFolders: [...made] }, places);
  }
}

/** The name under which the shell wrapper is connected. */
export const shellWrapper = 'shell-wrapper';

/** Installs the shell wrapper, which changes nothing of any agent. */
export async function connectWrapper(places: Places, { owner, destination }: Connection, now: Date): Promise<void> {
  const nothing = { file: null, syntax: 'json' as const, before: null, mode: null, newFolders: [], newTables: [] };
  const record = { version: 1 as const, agent: shellWrapper, owner, destination, connectedAt: now.toISOString() };
  const parts = { telemetry: false, hook: true };
  await writeUndoRecord({ ...record, ...nothing, parts, splices: [], assignments: [] }, places);
  await followHooks(places);
}

/** The script that hooks and wrapper run is there as long as any of them is. */
async function followHooks(places: Places): Promise<void> {
  const records = await listUndoRecords(places, () => undefined);
  const newest = records.filter(({ parts }) => parts.hook).sort((a, b) => (a.connectedAt < b.connectedAt ? 1 : -1))[0];
  await (newest ? writeCheckScript(places, newest.destination) : removeCheckScript(places));
}

/** How an agent was disconnected. */
export type Disconnected =
  | { readonly kind: 'exact' }
  /** The file was changed since: ours was taken out and theirs kept; values at these paths are no longer ours. */
  | { readonly kind: 'ours'; readonly kept: readonly (readonly string[])[] }
  /** The file is gone, or there was no connection. */
  | { readonly kind: 'nothing' };

/** Takes a connection back. Throws `UneditableError` and what writing throws. */
export async function disconnect(agent: string, places: Places): Promise<Disconnected> {
  const record = await readUndoRecord(agent, places);
  if (record === null) {
    return { kind: 'nothing' };
  }
  const undone = record.file === null ? null : await undoFile(record.file, record);
  await removeUndoRecord(agent, places);
  await followHooks(places);
  return !undone ? { kind: 'nothing' } : undone.isExact ? { kind: 'exact' } : { kind: 'ours', kept: undone.kept };
}

async function undoFile(file: string, record: UndoRecord): Promise<Undone | null> {
  const current = await readSettingsFile(file);
  const undone = current && undoIn(current.text, record);
  if (undone?.text === null) {
    await removeSettingsFile(file, record.newFolders);
  } else if (current && undone && undone.text !== current.text) {
    await writeSettingsFile(file, undone.text, record.mode);
  }
  return undone;
}

type Undone = Omit<Reversed, 'text'> & { readonly text: string | null };

/** The text without the connection; the inner null when there was no file before and nobody else has written into it. */
export function undoIn(now: string | null, record: UndoRecord): Undone | null {
  if (now === null) {
    return null;
  }
  const undone = reverse(record.syntax, now, record, text => hashText(text) === (record.before ?? hashText('')));
  const isOurs = record.before === null && /^\uFEFF?\s*(\{\s*\}\s*)?$/.test(undone.text);
  return isOurs ? { ...undone, text: null } : undone;
}

function toMutable(reversal: Pick<UndoRecord, 'splices' | 'assignments' | 'newTables'> | object) {
  return structuredClone(reversal) as Pick<UndoRecord, 'splices' | 'assignments' | 'newTables'>;
}
