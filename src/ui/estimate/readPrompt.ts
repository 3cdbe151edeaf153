import * as vscode from 'vscode';
import type { PromptSource } from '../../estimator/documents/promptDocument.ts';
import { isBinary, largestFile } from './fileText.ts';

/** A prompt to estimate, with what it is called on the screen. */
export interface NamedPrompt {
  readonly name: string;
  readonly source: PromptSource;
  /** The file it is; left out for a part of a file. */
  readonly id?: string;
}

/** A reason, fit for the user, why there is nothing to estimate. */
export class NoPromptError extends Error {
  override readonly name = 'NoPromptError';
}

/** The selections of an editor, or the whole file when nothing is selected. Throws `NoPromptError`. */
export function readEditorPrompt(editor: vscode.TextEditor): NamedPrompt {
  const { document, selections } = editor;
  const name = vscode.workspace.asRelativePath(document.uri, false);
  const selected = selections.filter(selection => !selection.isEmpty).map(selection => document.getText(selection));
  if (selected.length === 0) {
    return requireText({ name, source: toSource(document), id: document.uri.toString() });
  }
  const text = selected.join('\n');
  return requireText({ name: vscode.l10n.t('Selection in {0}', name), source: { ...toSource(document), text } });
}

/** A file, as its editor shows it when it is open there. Throws `NoPromptError`, or what the file system throws. */
export async function readFilePrompt(uri: vscode.Uri): Promise<NamedPrompt> {
  const name = vscode.workspace.asRelativePath(uri, false);
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open) {
    return requireText({ name, source: toSource(open), id: uri.toString() });
  }
  const { size, type } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.Directory) !== 0) {
    throw new NoPromptError(vscode.l10n.t('{0} is a folder. Choose files to estimate.', name));
  }
  if (size > largestFile) {
    const [has, limit] = [Math.round(size / 1e6), largestFile / 1e6];
    throw new NoPromptError(vscode.l10n.t('{0} has {1} MB; up to {2} MB can be estimated.', name, has, limit));
  }
  const bytes = await vscode.workspace.fs.readFile(uri);
  if (isBinary(bytes)) {
    throw new NoPromptError(vscode.l10n.t('{0} is not a text file, so it has no tokens to count.', name));
  }
  const text = await vscode.workspace.decode(bytes, { uri });
  return requireText({ name, source: { text, fileName: uri.path }, id: uri.toString() });
}

/** A document as the estimator takes it. */
export function toSource(document: vscode.TextDocument): PromptSource {
  return { text: document.getText(), fileName: document.uri.path, languageId: document.languageId };
}

function requireText(prompt: NamedPrompt): NamedPrompt {
  if (prompt.source.text.trim() === '') {
    throw new NoPromptError(vscode.l10n.t('{0} is empty: there is nothing to estimate.', prompt.name));
  }
  return prompt;
}
