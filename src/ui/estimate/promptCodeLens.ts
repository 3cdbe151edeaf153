import * as vscode from 'vscode';
import { commands, section } from '../../contributions.ts';
import { Emitter } from '../emitter.ts';
import { readSetting } from '../settings.ts';
import { formatLenses } from './lensText.ts';
import type { LivePrompts } from './livePrompts.ts';

/** Names of prompt files, for VS Code; which of them are prompts is `fileTypes.ts`'s to say. */
const selector: vscode.DocumentSelector = [
  { pattern: '**/*.{prompt,instructions,chatmode,agent}.md' },
  { pattern: '**/{AGENTS,AGENTS.override,CLAUDE,CLAUDE.local,GEMINI,SKILL,copilot-instructions}.md' },
  { pattern: '**/*.{prompty,prompt.yml,prompt.yaml}' },
  ...['prompt', 'instructions', 'chatmode', 'chatagent', 'skill', 'prompty'].map(language => ({ language })),
];

/** Tokens and cost above prompt files, as one types. */
export class PromptCodeLens implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #live: LivePrompts;
  readonly #changed = new Emitter<void>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(live: LivePrompts) {
    this.#live = live;
    this.#subscription = vscode.Disposable.from(
      live.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration(`${section}.estimate`)) {
          this.#changed.fire();
        }
      }),
      vscode.languages.registerCodeLensProvider(selector, this),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!readSetting('estimate.codeLens')) {
      return [];
    }
    const tooltip = vscode.l10n.t('Show the estimate and compare models');
    return formatLenses(this.#live.look(document), vscode.l10n.t).map(
      title =>
        new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
          title,
          tooltip,
          command: commands.estimatePromptCost,
          arguments: [document.uri],
        }),
    );
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
