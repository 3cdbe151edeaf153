import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { ConnectionState, EngineConnection } from '../connection/engineConnection.ts';
import type { Log } from '../log.ts';
import { AlertMemory } from './alertMemory.ts';
import { notify } from './notify.ts';

/**
 * Tells the user what the engine must not keep to itself: usage that can't be stored, or a file that was set aside. Once for as long as
 * it lasts; the status bar's tooltip has it all the time.
 */
export class AlertNotifier implements vscode.Disposable {
  readonly #log: Log;
  readonly #memory = new AlertMemory();
  readonly #subscription: vscode.Disposable;

  constructor(connection: EngineConnection, log: Log) {
    this.#log = log;
    this.#subscription = connection.onDidChange(state => this.#review(state));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #review(state: ConnectionState): void {
    if (state.kind === 'running') {
      for (const alert of this.#memory.take(state.engine.alerts ?? [])) {
        void this.#show(alert);
      }
    }
  }

  async #show(alert: string): Promise<void> {
    this.#log.warn(alert);
    const showLog = vscode.l10n.t('Show Log');
    if ((await notify.warn(alert, showLog)) === showLog) {
      await vscode.commands.executeCommand(commands.showLog);
    }
  }
}
