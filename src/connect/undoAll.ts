import { stat } from 'node:fs/promises';
import { disconnect } from './connection.ts';
import type { Places } from './places.ts';
import { listUndoRecords } from './undoRecord.ts';

/** Who connected what can be undone by an installation: itself, and those that are gone. */
async function isOwn(recorded: string, owner: string): Promise<boolean> {
  return (
    recorded === owner ||
    (await stat(recorded).then(
      () => false,
      () => true,
    ))
  );
}

/**
 * Takes back every connection of an installation, which is named by its folder of extensions; those that another VS Code made stay.
 * One that fails does not keep the others. Gives the agents that were disconnected.
 */
export async function undoAll(owner: string, places: Places, onProblem: (message: string) => void): Promise<string[]> {
  const undone: string[] = [];
  for (const record of await listUndoRecords(places, error => onProblem(error.message))) {
    if (await isOwn(record.owner, owner)) {
      try {
        await disconnect(record.agent, places);
        undone.push(record.agent);
      } catch (error) {
        onProblem(`${record.agent}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return undone;
}
