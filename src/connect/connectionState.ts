import { undoIn } from './connection.ts';
import type { Places } from './places.ts';
import { type Destination, isLinked, type SettingsAgent } from './settingsAgent.ts';
import { readSettingsFile } from './settingsFile.ts';
import { holds, parseSettingsText } from './settingsText.ts';
import { readUndoRecord, type UndoRecord } from './undoRecord.ts';

/** How an agent is connected, as its settings say. */
export type ConnectionState =
  | { readonly kind: 'off' }
  /** As it was connected, to the engine as it is now. */
  | { readonly kind: 'connected'; readonly parts: UndoRecord['parts'] }
  /** Connected, but the engine's address or token is another one now. */
  | { readonly kind: 'outdated'; readonly parts: UndoRecord['parts'] }
  /** Somebody has changed or taken out what the connection had written. */
  | { readonly kind: 'changed'; readonly parts: UndoRecord['parts'] }
  /** By another VS Code on this machine. */
  | { readonly kind: 'foreign'; readonly parts: UndoRecord['parts'] }
  /** To the engine, by hand. */
  | { readonly kind: 'byHand' }
  /** Its telemetry goes to another address. */
  | { readonly kind: 'elsewhere'; readonly endpoint: string };

/** Reads the state of an agent that has settings. Throws `UneditableError` for settings that can't be understood. */
export async function readConnectionState(
  agent: SettingsAgent,
  places: Places,
  destination: Destination,
  owner: string,
): Promise<ConnectionState> {
  const record = await readUndoRecord(agent.id, places);
  const text = (await readSettingsFile(agent.file(places)))?.text ?? '';
  const settings = parseSettingsText(agent.syntax, text);
  if (record) {
    return rateConnection(record, destination, owner, assignment => holds(settings, assignment));
  }
  const endpoint = agent.findEndpoint(settings);
  if (endpoint === null) {
    return { kind: 'off' };
  }
  return isLinked(endpoint, destination) ? { kind: 'byHand' } : { kind: 'elsewhere', endpoint };
}

/** The state of a connection that was made; `isHeld` says whether a value is as it was written. */
export function rateConnection(
  { owner: maker, destination: made, assignments, parts }: UndoRecord,
  destination: Destination,
  owner: string,
  isHeld: (assignment: UndoRecord['assignments'][number]) => boolean,
): ConnectionState {
  if (!assignments.every(isHeld)) {
    return { kind: 'changed', parts };
  }
  if (maker !== owner) {
    return { kind: 'foreign', parts };
  }
  const isCurrent = made.url === destination.url && made.token === destination.token;
  return { kind: isCurrent ? 'connected' : 'outdated', parts };
}

/** What disconnecting would make of the file, to be shown; null when there is no file or none would be left. */
export async function previewDisconnection(record: UndoRecord): Promise<{ now: string; next: string } | null> {
  const current = record.file === null ? null : await readSettingsFile(record.file);
  return current && { now: current.text, next: undoIn(current.text, record)?.text ?? '' };
}
