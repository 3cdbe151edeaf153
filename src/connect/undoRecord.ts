import { readdir, readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { joinPath, type Places } from './places.ts';
import { removeSettingsFile, writeSettingsFile } from './settingsFile.ts';

const path = v.array(v.string());
const splice = v.object({ at: v.number(), text: v.string(), was: v.string() });
const assignment = v.union([
  v.object({ path, value: v.unknown(), was: v.optional(v.unknown()) }),
  v.object({ path, item: v.unknown(), was: v.optional(v.unknown()) }),
]);

const undoRecord = v.object({
  version: v.literal(1),
  /** The agent whose settings were changed. */
  agent: v.string(),
  /** Folder of extensions that this copy of Spend Lens is installed in: what is uninstalled undoes its own connections only. */
  owner: v.string(),
  /** ISO 8601 in UTC. */
  connectedAt: v.string(),
  /** Which parts of the connection were chosen. */
  parts: v.object({ telemetry: v.boolean(), hook: v.boolean() }),
  destination: v.object({ url: v.string(), token: v.string() }),
  /** Null when nothing of an agent's is changed: the shell wrapper. */
  file: v.nullable(v.string()),
  syntax: v.picklist(['json', 'toml']),
  /** SHA-256 of the text before; null when there was no file. */
  before: v.nullable(v.string()),
  /** Permissions before. */
  mode: v.nullable(v.number()),
  /** Folders made for the file, the outermost first. */
  newFolders: v.array(v.string()),
  splices: v.array(splice),
  assignments: v.array(assignment),
  newTables: v.array(path),
});

/** How to take a connection back. It holds of the agent's settings nothing but what was replaced. */
export type UndoRecord = v.InferOutput<typeof undoRecord>;

/**
 * Folder of what must outlive the extension: the uninstall script knows the home folder and nothing of VS Code's. All is readable
 * by the user only.
 */
export function keepFolder(places: Places): string {
  return joinPath(places, places.home, '.spend-lens');
}

/** Null when the agent is not connected. Throws when the record can't be understood. */
export async function readUndoRecord(agent: string, places: Places): Promise<UndoRecord | null> {
  const text = await readFile(recordPath(agent, places), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
    return null;
  });
  return text === null ? null : v.parse(undoRecord, JSON.parse(text));
}

export async function writeUndoRecord(record: UndoRecord, places: Places): Promise<void> {
  // TOML's whole numbers are BigInt, which JSON does not know.
  const text = JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? Number(value) : value), 2);
  await writeSettingsFile(recordPath(record.agent, places), `${text}\n`, 0o600);
}

/** Forgets a connection; nothing of ours is left behind when it was the last one. */
export async function removeUndoRecord(agent: string, places: Places): Promise<void> {
  const folder = keepFolder(places);
  await removeSettingsFile(recordPath(agent, places), [folder, joinPath(places, folder, 'connections')]);
}

/** All connections there are. One that can't be read is left out, and `onProblem` is told. */
export async function listUndoRecords(places: Places, onProblem: (error: Error) => void): Promise<UndoRecord[]> {
  const names = await readdir(joinPath(places, keepFolder(places), 'connections')).catch(() => []);
  const records = names
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name =>
      readUndoRecord(name.slice(0, -'.json'.length), places).catch((error: Error) => {
        onProblem(error);
        return null;
      }),
    );
  return (await Promise.all(records)).filter(record => record !== null);
}

function recordPath(agent: string, places: Places): string {
  return joinPath(places, keepFolder(places), 'connections', `${agent}.json`);
}
