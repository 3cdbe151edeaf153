import type { Places } from './places.ts';
import type { Route } from './route.ts';
import type { Table } from './settingsSyntax.ts';
import type { Assignment, SyntaxName } from './settingsText.ts';

/** Where telemetry is to go: the engine, and the ingest token that lets it in. */
export interface Destination {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
}

/** What is asked for when an agent is connected. */
export interface Connection {
  readonly destination: Destination;
  /** Folder of extensions that this copy of Spend Lens is installed in. */
  readonly owner: string;
  readonly parts: { readonly telemetry: boolean; readonly hook: boolean };
  /** The command of hooks, for agents that have them. */
  readonly hookCommand: string;
}

/** An agent whose telemetry is switched on in a settings file of its own. */
export interface SettingsAgent {
  readonly id: 'claude-code' | 'codex' | 'gemini-cli' | 'vscode-hooks';
  readonly name: string;
  readonly syntax: SyntaxName;
  /** Path of the settings that hold for all folders. */
  file(places: Places): string;
  /** What the settings must say, given what they say now. */
  assignments(connection: Connection, settings: Table): readonly Assignment[];
  /** The address that the telemetry we read goes to now, by these settings; null when it goes nowhere. */
  findEndpoint(settings: Table): string | null;
  /** Where it sends the signal we read, with its headers, by these settings; null when it sends none. */
  findRoute(settings: Table): Route | null;
}

/** Whether an address in an agent's settings is that of the engine. */
export function isLinked(endpoint: string, { url }: Destination): boolean {
  return endpoint === url || endpoint.startsWith(`${url}/`);
}
