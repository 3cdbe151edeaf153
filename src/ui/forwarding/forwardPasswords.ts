import * as vscode from 'vscode';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { readSetting } from '../settings.ts';

const keyOf = (destination: string) => `forward:${destination}`;

/**
 * The passwords of destinations, in the system's secret storage; the engine is told them with this window's registration, and keeps them
 * in memory only. Nothing is read while nothing is forwarded.
 */
export class ForwardPasswords implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #subscription: vscode.Disposable;
  #read: Readonly<Record<string, string>> = {};
  #connection: EngineConnection | null = null;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
    this.#subscription = vscode.Disposable.from(
      secrets.onDidChange(({ key }) => key.startsWith(keyOf('')) && void this.#load()),
      vscode.workspace.onDidChangeConfiguration(
        change => change.affectsConfiguration('spendLens.forward') && void this.#load(),
      ),
    );
  }

  /** Those that were read so far, by destination; `undefined` while nothing is forwarded. */
  get known(): Readonly<Record<string, string>> | undefined {
    return readSetting('forward').length > 0 ? this.#read : undefined;
  }

  /** Reads them for this connection, and tells it when there are some. */
  follow(connection: EngineConnection): void {
    this.#connection = connection;
    void this.#load();
  }

  /** Keeps a password; empty forgets it. */
  async set(destination: string, password: string): Promise<void> {
    if (password === '') {
      await this.#secrets.delete(keyOf(destination));
    } else {
      await this.#secrets.store(keyOf(destination), password);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #load(): Promise<void> {
    const names = readSetting('forward').map(({ name }) => name);
    const values = await Promise.all(names.map(async name => [name, await this.#secrets.get(keyOf(name))] as const));
    const read = Object.fromEntries(values.filter((entry): entry is [string, string] => entry[1] !== undefined));
    if (JSON.stringify(read) !== JSON.stringify(this.#read)) {
      this.#read = read;
      this.#connection?.refresh();
    }
  }
}
