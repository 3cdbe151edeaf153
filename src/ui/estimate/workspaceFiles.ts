import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Reference } from '../../estimator/documents/references.ts';
import type { FindFile, FoundFile } from '../../estimator/referencedFiles.ts';
import { isBinary } from './fileText.ts';

/** Larger files are not sent along by any agent. Bytes. */
const largestReferenced = 5_000_000;

/**
 * Finds the files that a prompt refers to, beside the file that does and then in its workspace folder; never outside of the workspace,
 * not over a symbolic link either. What an editor shows counts, saved or not.
 */
export const findWorkspaceFile: FindFile = async (reference, from) => {
  const home = vscode.Uri.parse(from, true);
  const folder = vscode.workspace.getWorkspaceFolder(home);
  const places = folder ? placesOf(reference, home, folder.uri) : [];
  if (places.length === 0) {
    return { kind: 'outside', name: reference.target };
  }
  for (const uri of places) {
    const found = await read(uri);
    if (found) {
      return found;
    }
  }
  return { kind: 'missing', name: reference.target };
};

/** Where a reference may lead to, in the workspace. */
function placesOf({ target, kind }: Reference, home: vscode.Uri, folder: vscode.Uri): vscode.Uri[] {
  const path = target.replaceAll('\\', '/');
  if (path.startsWith('~') || /^[a-z]:\//i.test(path)) {
    return [];
  }
  const beside = vscode.Uri.joinPath(home, '..', path);
  // An absolute path is one of the workspace folder in a link (as VS Code's Markdown takes it), one of the computer in an import.
  const places = path.startsWith('/')
    ? [kind === 'import' ? home.with({ path }) : vscode.Uri.joinPath(folder, path)]
    : [beside, vscode.Uri.joinPath(folder, path)];
  return places.filter(uri => vscode.workspace.getWorkspaceFolder(uri) !== undefined);
}

async function read(uri: vscode.Uri): Promise<FoundFile | null> {
  const name = vscode.workspace.asRelativePath(uri, false);
  const id = uri.toString();
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === id);
  if (open) {
    // A link to elsewhere that is open in an editor is elsewhere, too; what is not on the disk yet is where it will be.
    const isOurs = await isInside(uri).catch(() => true);
    return isOurs
      ? { kind: 'found', id, name, source: { text: open.getText(), fileName: uri.path } }
      : { kind: 'outside', name };
  }
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.File) === 0) {
      return null;
    }
    if (!(await isInside(uri))) {
      return { kind: 'outside', name };
    }
    if (size > largestReferenced) {
      return { kind: 'tooLarge', name };
    }
    const bytes = await vscode.workspace.fs.readFile(uri);
    return isBinary(bytes)
      ? { kind: 'binary', name }
      : { kind: 'found', id, name, source: { text: new TextDecoder().decode(bytes), fileName: uri.path } };
  } catch {
    return null;
  }
}

/** Whether the file is in the workspace by its real path too. */
async function isInside(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') {
    return true;
  }
  const file = await realpath(uri.fsPath);
  for (const folder of vscode.workspace.workspaceFolders ?? []) {
    const root = folder.uri.scheme === 'file' ? await realpath(folder.uri.fsPath).catch(() => null) : null;
    if (root !== null && vscode.Uri.file(file).path.startsWith(`${vscode.Uri.file(root).path.replace(/\/$/, '')}/`)) {
      return true;
    }
  }
  return false;
}
