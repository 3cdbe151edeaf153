import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { hookCommand } from '../../connect/checkScript.ts';
import { findOwner } from '../../connect/owner.ts';
import type { Places } from '../../connect/places.ts';
import type { Connection, Destination } from '../../connect/settingsAgent.ts';
import { requireEngine } from '../connection/requireEngine.ts';
import type { Services } from '../services.ts';

/** What connecting agents works with. */
export interface Desk {
  readonly services: Services;
  readonly places: Places;
  /** The engine with the machine's token: agents are connected for all folders. */
  readonly destination: Destination;
  /** Folder of extensions that this copy of Spend Lens is installed in. */
  readonly owner: string;
  /** Ids of VS Code's extensions, in lower case. */
  readonly extensions: ReadonlySet<string>;
}

/** The machine as agents see it. */
function findPlaces(): Places {
  return { home: homedir(), env: process.env, platform: process.platform };
}

/** Folder of extensions that this copy is installed in. */
function findOwnerOf(context: vscode.ExtensionContext): string {
  return findOwner(vscode.Uri.joinPath(context.extensionUri, 'dist').fsPath);
}

/** Throws an Error fit for the user when there is no engine. */
export async function openDesk(services: Services): Promise<Desk> {
  const { window } = await requireEngine(services.connection);
  return {
    services,
    places: findPlaces(),
    destination: { url: window.url, token: window.machine_token },
    owner: findOwnerOf(services.context),
    extensions: new Set(vscode.extensions.all.map(({ id }) => id.toLowerCase())),
  };
}

/** A connection with these parts. */
export function connectionWith({ destination, owner, places }: Desk, parts: Connection['parts']): Connection {
  return { destination, owner, parts, hookCommand: hookCommand(places) };
}
