import * as vscode from 'vscode';
import { commands, statusBarItems } from '../contributions.ts';
import type { ConnectionState, EngineConnection } from './connection/engineConnection.ts';
import { formatInstant } from './instantText.ts';
import { readWorkspaceName } from './registration.ts';
import { readZone } from './settings.ts';
import { formatSpendItem } from './spendText.ts';
import { formatSpendTooltip, tooltipCommands } from './spendTooltip.ts';
import { Throttle } from './throttle.ts';

/** Four updates a second at most, however fast records come; more than a quarter, as the way to the screen takes its own time. */
const updateIntervalMs = 300;

const backgrounds = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

/** The one item that shows today's spend. Assigns what the formatters give. */
export class SpendStatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem(statusBarItems.spend, vscode.StatusBarAlignment.Right, 100);
  readonly #throttle: Throttle;
  readonly #subscription: vscode.Disposable;

  constructor(connection: EngineConnection) {
    this.#item.name = 'Spend Lens';
    this.#throttle = new Throttle(updateIntervalMs, () => this.#update(connection.state));
    this.#subscription = connection.onDidChange(() => this.#throttle.trigger());
    this.#throttle.trigger();
    this.#item.show();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#throttle.dispose();
    this.#item.dispose();
  }

  #update(state: ConnectionState): void {
    const { text, label, severity } = formatSpendItem(state, vscode.l10n.t);
    this.#item.text = text;
    this.#item.accessibilityInformation = { label, role: 'button' };
    this.#item.backgroundColor = backgrounds[severity];
    this.#item.command = state.kind === 'stopped' ? commands.restartEngine : commands.openReport;
    this.#item.tooltip = createTooltip(state);
  }
}

/** The zone is read only for a call to show: looking zones up costs the start of a window milliseconds. */
function createTooltip(state: ConnectionState): vscode.MarkdownString {
  const text = formatSpendTooltip(state, {
    workspace: readWorkspaceName(),
    formatInstant: iso => formatInstant(iso, readZone(), vscode.env.language, Date.now()),
    t: vscode.l10n.t,
  });
  const tooltip = new vscode.MarkdownString(text, true);
  tooltip.isTrusted = { enabledCommands: tooltipCommands };
  return tooltip;
}
