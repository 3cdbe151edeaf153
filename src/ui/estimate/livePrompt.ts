import type * as vscode from 'vscode';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import type { KeptPrompt } from '../../estimator/estimatorWorker.ts';
import type { TurnCost } from '../../estimator/turnCost.ts';
import { readSettings } from '../settings.ts';
import type { PromptEstimator } from './promptEstimator.ts';
import { toSource } from './readPrompt.ts';
import { readTurnCalls } from './turnCalls.ts';

/** What is known of a prompt that is being written. */
export interface LiveEstimate {
  readonly answer: PromptAnswer;
  /** Of a file that is sent with every turn. */
  readonly turns: TurnCost | null;
}

/** After the last key, ms: sooner would only cost battery. */
const quietMs = 200;

/** One prompt file in an editor, estimated again after each pause in typing. */
export class LivePrompt implements vscode.Disposable {
  readonly #document: vscode.TextDocument;
  readonly #estimator: PromptEstimator;
  readonly #onChange: () => void;
  #kept: Promise<KeptPrompt> | null = null;
  #current: LiveEstimate | null = null;
  #timer: NodeJS.Timeout | undefined;
  #counting = new AbortController();

  constructor(document: vscode.TextDocument, estimator: PromptEstimator, onChange: () => void) {
    this.#document = document;
    this.#estimator = estimator;
    this.#onChange = onChange;
    this.refresh(0);
  }

  /** The newest estimate: while one types, that of the text before. */
  get current(): LiveEstimate | null {
    return this.#current;
  }

  edit(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    void this.#kept?.then(kept =>
      kept.edit(
        changes.map(({ rangeOffset, rangeLength, text }) => ({ start: rangeOffset, length: rangeLength, text })),
      ),
    );
    this.refresh(quietMs);
  }

  /** Estimates after so many ms, instead of what was going to be. */
  refresh(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#counting.abort(new Error('stale'));
    this.#timer = setTimeout(() => void this.#update(), delayMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#counting.abort(new Error('closed'));
    void this.#kept?.then(kept => kept.close());
  }

  async #update(): Promise<void> {
    const counting = new AbortController();
    this.#counting = counting;
    try {
      this.#kept ??= this.#estimator.keep(
        () => toSource(this.#document),
        () => lengthOf(this.#document),
      );
      // The worker has the text.
      const { fileName, languageId } = this.#document;
      const source = { text: '', fileName, languageId };
      const settings = readSettings();
      const request = { source, kept: await this.#kept, id: this.#document.uri.toString() };
      const answer = await this.#estimator.estimate(request, settings, counting.signal);
      const calls = await readTurnCalls(this.#estimator.history, answer.counts.document);
      const turns = calls && (await this.#estimator.computeTurns(answer, calls, settings));
      if (!counting.signal.aborted) {
        this.#current = { answer, turns };
        this.#onChange();
      }
    } catch {
      // Stale, or the worker failed: the next change tries again; the command tells what is wrong.
    }
  }
}

/** UTF-16 units of a document, without making its text. */
export function lengthOf(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}
