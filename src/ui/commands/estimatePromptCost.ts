import * as vscode from 'vscode';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { showEstimatePick } from '../estimate/estimatePick.ts';
import { keepEstimates } from '../estimate/keepEstimates.ts';
import { pickEstimatedFile } from '../estimate/pickFile.ts';
import { type NamedPrompt, NoPromptError, readEditorPrompt, readFilePrompt } from '../estimate/readPrompt.ts';
import { notify } from '../notifications/notify.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import { withCancel } from '../withCancel.ts';

export interface EstimatedPrompt extends NamedPrompt {
  readonly answer: PromptAnswer;
}

/**
 * Estimates the files chosen in the explorer (which hands over the clicked one and all chosen ones), else the selection or the
 * whole of the active editor.
 */
export async function estimatePromptCost(services: Services, clicked?: unknown, chosen?: unknown): Promise<void> {
  try {
    const title = vscode.l10n.t('Estimating prompt cost');
    const estimated = await withCancel(title, signal => estimateAll(services, findFiles(clicked, chosen), signal));
    keepEstimates(
      services,
      (estimated ?? []).map(({ answer, id }) => ({ answer, part: id === undefined ? 'selection' : null })),
    );
    for (const { id } of estimated ?? []) {
      if (id !== undefined) {
        services.livePrompts.ask(vscode.Uri.parse(id, true));
      }
    }
    const prompt = estimated && (estimated.length > 1 ? await pickEstimatedFile(estimated) : estimated[0]);
    if (prompt) {
      showAnswer(services, prompt);
    }
  } catch (error) {
    if (!(error instanceof NoPromptError)) {
      throw error;
    }
    void notify.info(error.message);
  }
}

function findFiles(clicked: unknown, chosen: unknown): readonly vscode.Uri[] {
  const editor = vscode.window.activeTextEditor;
  if (Array.isArray(chosen)) {
    const uris = chosen.filter(uri => uri instanceof vscode.Uri);
    if (uris.length > 0) {
      return uris;
    }
  }
  // The editor's context menu hands over its file; the editor itself also knows the selection.
  return clicked instanceof vscode.Uri && clicked.toString() !== editor?.document.uri.toString() ? [clicked] : [];
}

async function estimateAll(
  { estimator }: Services,
  files: readonly vscode.Uri[],
  signal: AbortSignal,
): Promise<EstimatedPrompt[]> {
  const estimated: EstimatedPrompt[] = [];
  for (const read of files.length > 0 ? files.map(uri => () => readFilePrompt(uri)) : [readActiveEditor]) {
    const prompt = await read();
    signal.throwIfAborted();
    const answer = await estimator.estimate({ ...prompt, isHashed: true }, readSettings(), signal);
    estimated.push({ ...prompt, answer });
  }
  return estimated;
}

function readActiveEditor(): NamedPrompt {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    throw new NoPromptError(
      vscode.l10n.t('Open a prompt in an editor, or choose a file in the explorer, to estimate it.'),
    );
  }
  return readEditorPrompt(editor);
}

function showAnswer(services: Services, prompt: EstimatedPrompt): void {
  const { estimator } = services;
  showEstimatePick(services, {
    prompt,
    choose: async (model, current) => {
      const settings = readSettings();
      const known = await estimator.choose(model, current, settings);
      if (known) {
        return known;
      }
      // Counted anew with this model's encoding; the prompt's own model would win, hence the second choice.
      const counted = { ...settings, 'estimate.model': model };
      const again = await estimator.estimate(prompt, counted, AbortSignal.timeout(60_000));
      return (await estimator.choose(model, again, settings)) ?? again;
    },
  });
}
