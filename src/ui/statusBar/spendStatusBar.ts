import * as vscode from 'vscode';
import { commands, section, statusBarItems } from '../../contributions.ts';
import type { ConnectionState, EngineConnection } from '../connection/engineConnection.ts';
import { readWorkspaceName } from '../registration.ts';
import { readSetting, readZone } from '../settings.ts';
import { formatInstant } from '../text/instantText.ts';
import { Throttle } from '../throttle.ts';
import { findQuietAt, formatSpendItem } from './spendText.ts';
import { formatSpendTooltip, tooltipCommands } from './tooltip/spendTooltip.ts';

/** Four updates a second at most, however fast records come; more than a quarter, as the way to the screen takes its own time. */
const updateIntervalMs = 300;

const backgrounds = {
  none: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  error: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

/** The one item that shows what is spent. Assigns what the formatters give, and only what has changed. */
export class SpendStatusBar implements vscode.Disposable {
  readonly #throttle: Throttle;
  readonly #subscriptions: vscode.Disposable;
  #item = createItem();
  /** What was assigned last. */
  #shown = '';
  #tooltip = '';
  #quiet: NodeJS.Timeout | undefined;

  constructor(connection: EngineConnection) {
    this.#throttle = new Throttle(updateIntervalMs, () => this.#update(connection.state));
    this.#subscriptions = vscode.Disposable.from(
      connection.onDidChange(() => this.#throttle.trigger()),
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration(`${section}.statusBar`)) {
          this.#place(change);
          this.#throttle.trigger();
        }
      }),
    );
    this.#throttle.trigger();
    this.#item.show();
  }

  dispose(): void {
    clearTimeout(this.#quiet);
    this.#subscriptions.dispose();
    this.#throttle.dispose();
    this.#item.dispose();
  }

  /** An item can't be moved: another place is another item. */
  #place(change: vscode.ConfigurationChangeEvent): void {
    if (['alignment', 'priority'].some(name => change.affectsConfiguration(`${section}.statusBar.${name}`))) {
      this.#item.dispose();
      this.#item = createItem();
      this.#shown = '';
      this.#tooltip = '';
      this.#item.show();
    }
  }

  #update(state: ConnectionState): void {
    const options = { show: readSetting('statusBar.show'), scope: readSetting('statusBar.scope') };
    const { text, label, severity } = formatSpendItem(state, options, Date.now(), vscode.l10n.t);
    const next = JSON.stringify([text, label, severity, state.kind]);
    if (next !== this.#shown) {
      this.#shown = next;
      this.#item.text = text;
      this.#item.accessibilityInformation = { label, role: 'button' };
      this.#item.backgroundColor = backgrounds[severity];
      this.#item.command = state.kind === 'stopped' ? commands.restartEngine : commands.openReport;
    }
    this.#showTooltip(state);
    clearTimeout(this.#quiet);
    const quietAt = state.kind === 'running' ? findQuietAt(state.totals, Date.now()) : null;
    if (quietAt !== null) {
      this.#quiet = setTimeout(() => this.#throttle.trigger(), Math.max(0, quietAt - Date.now()));
    }
  }

  /** A new tooltip takes the place of one that is open, which would then jump: only one that says something else may. */
  #showTooltip(state: ConnectionState): void {
    const text = formatTooltip(state);
    if (text !== this.#tooltip) {
      this.#tooltip = text;
      const tooltip = new vscode.MarkdownString(text, true);
      tooltip.isTrusted = { enabledCommands: tooltipCommands };
      this.#item.tooltip = tooltip;
    }
  }
}

function createItem(): vscode.StatusBarItem {
  const side = vscode.StatusBarAlignment[readSetting('statusBar.alignment') === 'left' ? 'Left' : 'Right'];
  const item = vscode.window.createStatusBarItem(statusBarItems.spend, side, readSetting('statusBar.priority'));
  item.name = 'Spend Lens';
  return item;
}

/** The zone is read only for a call to show: looking zones up costs the start of a window milliseconds. */
function formatTooltip(state: ConnectionState): string {
  return formatSpendTooltip(state, {
    workspace: readWorkspaceName(),
    formatInstant: iso => formatInstant(iso, readZone(), vscode.env.language, Date.now()),
    nowMs: Date.now(),
    t: vscode.l10n.t,
  });
}
