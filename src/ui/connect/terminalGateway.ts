import * as vscode from 'vscode';
import { type Settings, section } from '../../contributions.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { notify } from '../notifications/notify.ts';
import { readSetting } from '../settings.ts';
import { listTerminalVariables, providerNames } from './terminalVariables.ts';

/**
 * Keeps the gateway's addresses in the environment of this window's terminals, as far as the setting says. The same values are never set
 * again, since VS Code then asks to start terminals anew; while the engine is away they stay.
 */
export function keepTerminalGateway(
  context: vscode.ExtensionContext,
  connection: EngineConnection,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const collection = context.environmentVariableCollection;
  let told = '';
  let providers = readProviders();
  const apply = () => {
    if (providers.length === 0) {
      clear(collection);
      return;
    }
    if (connection.state.kind !== 'running') {
      return;
    }
    const { values, taken } = listTerminalVariables(providers, connection.state.window, process.env);
    collection.description = vscode.l10n.t('Sends calls through the Spend Lens gateway, which counts them');
    collection.forEach(name => {
      if (!values.has(name)) {
        collection.delete(name);
      }
    });
    for (const [name, value] of values) {
      if (collection.get(name)?.value !== value) {
        collection.replace(name, value);
      }
    }
    if (taken.length > 0 && told !== taken.join()) {
      told = taken.join();
      log.warn(`Left as it is in terminals, since it is set already: ${told}`);
      void notify.warn(
        vscode.l10n.t('{0} is set already and is left as it is, so those calls are not counted by the gateway.', told),
      );
    }
  };
  apply();
  return vscode.Disposable.from(
    connection.onDidChange(apply),
    vscode.workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration(`${section}.gateway.terminal`)) {
        providers = readProviders();
        apply();
      }
    }),
  );
}

/** The setting alone: parsing all of them takes longer than a window that starts should. */
function readProviders(): Settings['gateway.terminal'] {
  const said: unknown = readSetting('gateway.terminal');
  return providerNames.filter(name => Array.isArray(said) && said.includes(name));
}

function clear(collection: vscode.EnvironmentVariableCollection): void {
  let isUsed = false;
  collection.forEach(() => {
    isUsed = true;
  });
  if (isUsed) {
    collection.clear();
  }
}
