import type { Places } from './places.ts';
import type { Destination } from './settingsAgent.ts';
import { listUndoRecords, type UndoRecord } from './undoRecord.ts';

/** The connections of an installation that lead to another address, or with another token, than the engine has now. */
export async function listOutdated(places: Places, destination: Destination, owner: string): Promise<UndoRecord[]> {
  const records = await listUndoRecords(places, () => undefined);
  return records.filter(
    ({ owner: maker, destination: { url, token } }) =>
      maker === owner && (url !== destination.url || token !== destination.token),
  );
}
