import * as vscode from 'vscode';
import { commands, section, statusBarItems } from '../../contributions.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { readSetting, readSettings } from '../settings.ts';
import { formatEstimateItem } from './lensText.ts';
import type { LivePrompts } from './livePrompts.ts';
import type { PromptEstimator } from './promptEstimator.ts';
import { readEditorPrompt } from './readPrompt.ts';

/** After the selection came to rest, ms. */
const quietMs = 250;

/** What the active prompt file or selection would cost, in the status bar. */
export class EstimateStatusItem implements vscode.Disposable {
  readonly #live: LivePrompts;
  readonly #estimator: PromptEstimator;
  readonly #subscription: vscode.Disposable;
  #item: vscode.StatusBarItem | null = null;
  #timer: NodeJS.Timeout | undefined;
  #counting = new AbortController();

  constructor(live: LivePrompts, estimator: PromptEstimator) {
    this.#live = live;
    this.#estimator = estimator;
    this.#subscription = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(() => this.#schedule(0)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) {
          this.#schedule(quietMs);
        }
      }),
      live.onDidChange(() => this.#schedule(0)),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(`${section}.estimate`)) {
          this.#schedule(0);
        }
      }),
    );
    this.#schedule(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#counting.abort(new Error('closed'));
    this.#subscription.dispose();
    this.#item?.dispose();
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#counting.abort(new Error('stale'));
    this.#timer = setTimeout(() => void this.#update(), delayMs);
  }

  async #update(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !readSetting('estimate.statusItem')) {
      this.#item?.hide();
    } else if (editor.selections.some(selection => !selection.isEmpty)) {
      await this.#showSelection(editor);
    } else {
      const state = this.#live.look(editor.document);
      if (state.kind === 'estimated') {
        this.#show(state.answer);
      } else if (state.kind !== 'counting') {
        this.#item?.hide();
      }
    }
  }

  async #showSelection(editor: vscode.TextEditor): Promise<void> {
    const counting = new AbortController();
    this.#counting = counting;
    const limit = readSetting('estimate.liveLimit') * 1000;
    const { document } = editor;
    const lengths = editor.selections.map(({ start, end }) => document.offsetAt(end) - document.offsetAt(start));
    if (lengths.reduce((sum, length) => sum + length, 0) > limit) {
      this.#item?.hide();
      return;
    }
    try {
      const answer = await this.#estimator.estimate(readEditorPrompt(editor), readSettings(), counting.signal);
      if (!counting.signal.aborted) {
        this.#show(answer);
      }
    } catch {
      // Stale, only space, or the worker failed: the command tells what is wrong.
      if (!counting.signal.aborted) {
        this.#item?.hide();
      }
    }
  }

  #show(answer: PromptAnswer): void {
    // Made with the first prompt: a window in which nobody writes any has one item less in its menu.
    if (!this.#item) {
      this.#item = vscode.window.createStatusBarItem(statusBarItems.estimate, vscode.StatusBarAlignment.Right, 101);
      this.#item.name = vscode.l10n.t('Spend Lens Estimate');
      this.#item.command = commands.estimatePromptCost;
    }
    const { text, label, isTooLong } = formatEstimateItem({ answer }, vscode.l10n.t);
    this.#item.text = text;
    this.#item.accessibilityInformation = { label, role: 'button' };
    this.#item.tooltip = isTooLong ? vscode.l10n.t('{0}. It does not fit into the context window.', label) : label;
    this.#item.backgroundColor = isTooLong ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.#item.show();
  }
}
