import * as vscode from 'vscode';
import { findFileType, isPromptFile } from '../../estimator/documents/fileTypes.ts';
import { Emitter } from '../emitter.ts';
import { readSetting } from '../settings.ts';
import { type LiveEstimate, LivePrompt, lengthOf } from './livePrompt.ts';
import type { PromptEstimator } from './promptEstimator.ts';

/** What can be said of a document right now. */
export type LiveState =
  | { readonly kind: 'none' }
  /** Too long to be estimated as one types; `characters` is its length. */
  | { readonly kind: 'silent'; readonly characters: number }
  | { readonly kind: 'counting' }
  | ({ readonly kind: 'estimated' } & LiveEstimate);

/** The prompt files in editors. Each is estimated from when somebody first looks at it until it is closed. */
export class LivePrompts implements vscode.Disposable {
  readonly #estimator: PromptEstimator;
  readonly #changed = new Emitter<vscode.Uri>();
  readonly #prompts = new Map<string, LivePrompt>();
  /** Long ones that somebody asked for. */
  readonly #asked = new Set<string>();
  readonly #subscription: vscode.Disposable;

  /** An estimate is new. */
  readonly onDidChange = this.#changed.event;

  constructor(estimator: PromptEstimator) {
    this.#estimator = estimator;
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.#prompts.get(document.uri.toString())?.edit(contentChanges);
        this.#refreshOthers(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#drop(uri.toString())),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('spendLens')) {
          this.refresh();
        }
      }),
    );
  }

  /** The newest estimate of a prompt file, which is followed from now on. */
  look(document: vscode.TextDocument): LiveState {
    if (!isPromptFile(findFileType(document.uri.path, document.languageId)) || document.isClosed) {
      return { kind: 'none' };
    }
    const key = document.uri.toString();
    const characters = lengthOf(document);
    if (characters > readSetting('estimate.liveLimit') * 1000 && !this.#asked.has(key)) {
      this.#drop(key);
      return { kind: 'silent', characters };
    }
    let prompt = this.#prompts.get(key);
    if (!prompt) {
      prompt = new LivePrompt(document, this.#estimator, () => this.#changed.fire(document.uri));
      this.#prompts.set(key, prompt);
    }
    return prompt.current ? { kind: 'estimated', ...prompt.current } : { kind: 'counting' };
  }

  /** Somebody wants to know of this one, however long it is. */
  ask(uri: vscode.Uri): void {
    this.#asked.add(uri.toString());
    this.#changed.fire(uri);
  }

  /** Estimates all of them again, as what they are estimated with has changed. */
  refresh(): void {
    for (const [key, prompt] of this.#prompts) {
      prompt.refresh(0);
      this.#changed.fire(vscode.Uri.parse(key, true));
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const key of [...this.#prompts.keys()]) {
      this.#drop(key);
    }
    this.#changed.dispose();
  }

  /** A file that others send along changes what they cost. */
  #refreshOthers(changed: vscode.TextDocument): void {
    const name = vscode.workspace.asRelativePath(changed.uri, false);
    for (const prompt of this.#prompts.values()) {
      if (prompt.current?.answer.files.some(file => file.name === name)) {
        prompt.refresh(500);
      }
    }
  }

  #drop(key: string): void {
    this.#prompts.get(key)?.dispose();
    this.#prompts.delete(key);
  }
}
