import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromPage, ReportPeriod, ToPage } from '../../../webview-ui/messages.ts';
import { commands, contextKeys, views } from '../../contributions.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { waitForEngine } from '../connection/waitForEngine.ts';
import { formatError, type Log } from '../log.ts';
import { readWorkspaceName } from '../registration.ts';
import { readZone } from '../settings.ts';
import { loadReport } from './loadReport.ts';
import { parseFromPage } from './parseFromPage.ts';
import { renderReportHtml } from './reportHtml.ts';

export interface ReportPanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly connection: EngineConnection;
  readonly log: Log;
}

/** Shorter than the page waits for an answer, so that it hears why there is none. */
const engineWaitMs = 10_000;

/** The one report panel: hands the page what it asks for and tells it when there is something new. */
export class ReportPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly #options: ReportPanelOptions;
  readonly #subscriptions: vscode.Disposable[];
  #panel: vscode.WebviewPanel | null = null;
  #period: ReportPeriod | null = null;
  #wasRunning: boolean | null = null;
  #loading = new AbortController();

  constructor(options: ReportPanelOptions) {
    this.#options = options;
    this.#subscriptions = [
      options.connection.onDidChange(() => this.#tellChange()),
      vscode.window.registerWebviewPanelSerializer(views.report, this),
    ];
  }

  /** The period on the screen; null while no page has asked for one. */
  get period(): ReportPeriod | null {
    return this.#period;
  }

  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const title = vscode.l10n.t('Usage Report');
    this.#adopt(
      vscode.window.createWebviewPanel(views.report, title, vscode.ViewColumn.Active, this.#webviewOptions()),
    );
  }

  /** A window reload brings its panel back. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    if (this.#panel) {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#webviewOptions();
    this.#adopt(panel);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
    this.#panel?.dispose();
  }

  #webviewOptions(): vscode.WebviewOptions {
    const { extensionUri } = this.#options;
    const localResourceRoots = ['dist', 'media'].map(folder => vscode.Uri.joinPath(extensionUri, folder));
    return { enableScripts: true, localResourceRoots };
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.#options;
    const resource = (...path: string[]) => vscode.Uri.joinPath(extensionUri, ...path);
    const address = (...path: string[]) => panel.webview.asWebviewUri(resource(...path)).toString();
    this.#panel = panel;
    panel.iconPath = { light: resource('media', 'report-light.svg'), dark: resource('media', 'report-dark.svg') };
    panel.webview.onDidReceiveMessage(value => this.#receive(value));
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#period = null;
      this.#loading.abort();
      this.#setOpen(false);
    });
    panel.webview.html = renderReportHtml({
      scriptUri: address('dist', 'report.js'),
      styleUri: address('dist', 'report.css'),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      language: vscode.env.language,
    });
    this.#setOpen(true);
  }

  #setOpen(isOpen: boolean): void {
    void vscode.commands.executeCommand('setContext', contextKeys.reportOpen, isOpen);
  }

  #receive(value: unknown): void {
    const message = parseFromPage(value);
    if (!message) {
      this.#options.log.warn('The report page sent something that is no message; it was dropped.');
      return;
    }
    this.#handle(message).catch(error => this.#options.log.error(`The report failed: ${formatError(error)}`));
  }

  async #handle(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#wasRunning = null;
        this.#tellEngine();
        break;
      case 'load':
        await this.#load(message.request, message.period);
        break;
      case 'export':
        await vscode.commands.executeCommand(message.format === 'csv' ? commands.exportCsv : commands.exportJson);
        break;
      case 'run': {
        const args = message.model === undefined ? [] : [message.model];
        await vscode.commands.executeCommand(commands[message.command], ...args);
        break;
      }
    }
  }

  async #load(request: number, period: ReportPeriod): Promise<void> {
    this.#period = period;
    // The page drops the answer to all but its last question, so the engine need not finish the others.
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const content = await this.#answer(request, period, signal);
      if (!signal.aborted) {
        this.#post(content);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#options.log.error(`The report could not be loaded: ${formatError(error)}`);
        this.#post({ type: 'failed', request, error: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  async #answer(request: number, period: ReportPeriod, signal: AbortSignal): Promise<ToPage> {
    const { connection } = this.#options;
    const state = await waitForEngine(connection, engineWaitMs);
    const ledger = connection.ledger;
    if (state.kind !== 'running' || !ledger) {
      const error =
        state.kind === 'stopped'
          ? vscode.l10n.t('The engine is not running: {0}', state.reason)
          : vscode.l10n.t('The engine is still starting.');
      return { type: 'failed', request, error };
    }
    const tables = await loadReport(ledger, period, signal);
    const content = {
      period,
      workspace: readWorkspaceName(),
      timeZone: readZone(),
      ...tables,
      lastRecord: state.totals.last_record?.timestamp ?? null,
    };
    const { url, token } = state.window;
    return { type: 'content', request, content, connection: { url, token } };
  }

  #tellChange(): void {
    this.#tellEngine();
    // A hidden page is gone and asks again when it comes back.
    if (this.#wasRunning && this.#panel?.visible) {
      this.#post({ type: 'changed' });
    }
  }

  #tellEngine(): void {
    const running = this.#options.connection.state.kind === 'running';
    if (running !== this.#wasRunning) {
      this.#wasRunning = running;
      this.#post({ type: 'engine', running });
    }
  }

  #post(message: ToPage): void {
    void this.#panel?.webview.postMessage(message);
  }
}
