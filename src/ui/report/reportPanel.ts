import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type {
  ExportFormat,
  FromPage,
  PageCommand,
  Place,
  ReportContent,
  ReportLimit,
  ToPage,
} from '../../../webview-ui/messages.ts';
import { defaultPlace, parseState } from '../../../webview-ui/state.ts';
import type { EngineState, Totals } from '../../api/contract.ts';
import { commands, contextKeys, views } from '../../contributions.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { waitForEngine } from '../connection/waitForEngine.ts';
import { formatForwarding } from '../forwarding/forwardText.ts';
import { formatError, type Log } from '../log.ts';
import { readWorkspaceName } from '../registration.ts';
import { readZone } from '../settings.ts';
import { loadPlace } from './loadReport.ts';
import { loadTeam } from './loadTeam.ts';
import { translatePageTexts } from './pageTexts.ts';
import { parseFromPage } from './parseFromPage.ts';
import { ReadAhead } from './readAhead.ts';
import { renderReportHtml } from './reportHtml.ts';
import { saveExport } from './saveExport.ts';

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
  /** What is on screen; null while nothing is. */
  #content: ReportContent | null = null;
  /** Where a link wants to go, until the page is there to be told. */
  #wanted: Partial<Place> | null = null;
  #isReady = false;
  #wasRunning: boolean | null = null;
  #loading = new AbortController();
  readonly #ahead = new ReadAhead<ToPage>();

  constructor(options: ReportPanelOptions) {
    this.#options = options;
    this.#subscriptions = [
      options.connection.onDidChange(() => this.#tellChange()),
      vscode.window.registerWebviewPanelSerializer(views.report, this),
    ];
  }

  /** Shows the report, at a place where a link leads; what the place leaves out stays as it was. */
  show(place: Partial<Place> = {}): void {
    if (Object.keys(place).length > 0) {
      this.#wanted = { session: null, search: '', explained: null, filter: {}, ...place };
    }
    if (this.#panel) {
      this.#panel.reveal();
      this.#tellPlace();
      return;
    }
    this.#readAhead({ ...defaultPlace, ...this.#wanted });
    const title = vscode.l10n.t('Usage Report');
    this.#adopt(
      vscode.window.createWebviewPanel(views.report, title, vscode.ViewColumn.Active, this.#webviewOptions()),
    );
  }

  /** Asks the page to export what it shows; it answers with the tables. */
  export(format: ExportFormat): void {
    this.#post({ type: 'export', format });
  }

  /** A window reload brings its panel back. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (this.#panel) {
      panel.dispose();
      return;
    }
    this.#readAhead(parseState(state).place);
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
      this.#content = null;
      this.#isReady = false;
      this.#loading.abort();
      this.#ahead.drop();
      this.#setOpen(false);
    });
    panel.webview.html = renderReportHtml({
      scriptUri: address('dist', 'report.js'),
      styleUri: address('dist', 'report.css'),
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(16).toString('hex'),
      language: vscode.env.language,
      texts: translatePageTexts(vscode.l10n.t),
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
        this.#isReady = true;
        this.#tellEngine();
        this.#tellPlace();
        break;
      case 'load':
        await this.#load(message.request, message.place);
        break;
      case 'export':
        await this.#save(message);
        break;
      case 'run': {
        const args = message.model === undefined ? [] : [message.model];
        await vscode.commands.executeCommand(findCommand(message.command), ...args);
        break;
      }
    }
  }

  async #save({ format, title, tables }: Extract<FromPage, { type: 'export' }>): Promise<void> {
    const content = this.#content;
    if (content) {
      const { place, from, to, workspace, timeZone } = content;
      await saveExport({ title, tables, place, from, to, workspace, timeZone }, format);
    }
  }

  async #load(request: number, place: Place): Promise<void> {
    // The page drops the answer to all but its last question, so the engine need not finish the others.
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const ahead = this.#ahead.take(place);
      const answer = await (ahead?.answer ?? this.#answer(request, place, signal));
      if (!signal.aborted) {
        this.#content = answer.type === 'content' ? answer.content : null;
        this.#post('request' in answer ? { ...answer, request } : answer);
        if (ahead?.isOutdated()) {
          this.#post({ type: 'changed' });
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#options.log.error(`The report could not be loaded: ${formatError(error)}`);
        this.#post({ type: 'failed', request, error: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  /** Begins to load what the page that is being opened will ask for. */
  #readAhead(place: Place): void {
    this.#ahead.begin(place, signal => this.#answer(0, place, signal));
  }

  async #answer(request: number, place: Place, signal: AbortSignal): Promise<ToPage> {
    const { connection } = this.#options;
    const state = await waitForEngine(connection, engineWaitMs);
    const client = place.scope === 'workspace' ? connection.ledger : connection.machine;
    if (state.kind !== 'running' || !client) {
      const error =
        state.kind === 'stopped'
          ? vscode.l10n.t('The engine is not running: {0}', state.reason)
          : vscode.l10n.t('The engine is still starting.');
      return { type: 'failed', request, error };
    }
    const timeZone = readZone();
    const options = { zone: timeZone, totals: state.totals, signal };
    const loaded = await (place.scope === 'team' ? loadTeam : loadPlace)(client, place, options);
    const content: ReportContent = {
      place,
      workspace: readWorkspaceName(),
      hasTeam: state.totals.forward?.some(({ type }) => type === 'postgresql') ?? false,
      timeZone,
      ...loaded,
      lastRecord: state.totals.last_record?.timestamp ?? null,
      limits: [...readLimits(state.engine), ...readForwarding(state.totals)],
    };
    const { url, token } = state.window;
    return { type: 'content', request, content, connection: { url, token } };
  }

  #tellPlace(): void {
    if (this.#wanted && this.#isReady) {
      this.#post({ type: 'show', place: this.#wanted });
      this.#wanted = null;
    }
  }

  #tellChange(): void {
    this.#ahead.outdate();
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

/** How forwarding goes, where there is any. */
function readForwarding({ forward = [] }: Totals): ReportLimit[] {
  const detail = forward.map(state => formatForwarding(state, Date.now(), vscode.l10n.t)).join(' · ');
  return detail === '' ? [] : [{ kind: 'forwarding', detail }];
}

function findCommand(command: PageCommand): string {
  return command === 'manageTrust' ? 'workbench.trust.manage' : commands[command];
}

/** What stands in the way of a report that is whole. */
function readLimits({ storage_problem: problem }: EngineState): ReportLimit[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const isVirtual = folders.length > 0 && folders.every(({ uri }) => uri.scheme !== 'file');
  return [
    ...(problem ? [{ kind: 'readOnly', detail: problem } as const] : []),
    ...(vscode.workspace.isTrusted ? [] : [{ kind: 'restricted' } as const]),
    ...(isVirtual ? [{ kind: 'virtual' } as const] : []),
  ];
}
