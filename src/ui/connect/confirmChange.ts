import * as vscode from 'vscode';

/** A change to agree to: the text as it is and as it would be. */
export interface ShownChange {
  /** Above the diff. */
  readonly title: string;
  /** What the answer that agrees is called, and what it does, in a line. */
  readonly accept: string;
  readonly detail: string;
  readonly now: string;
  readonly next: string;
  /** For colours: `settings.json`, `config.toml`. */
  readonly fileName: string;
}

const scheme = 'spend-lens-connect';
let changes = 0;

/** Shows a change as a diff and asks whether to make it. Nothing that was left open stays behind. */
export async function confirmChange({ title, accept, detail, now, next, fileName }: ShownChange): Promise<boolean> {
  changes += 1;
  const [before, after] = ['now', 'connected'].map(side =>
    vscode.Uri.from({ scheme, path: `/${changes}/${side}/${fileName}` }),
  ) as [vscode.Uri, vscode.Uri];
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: uri => (uri.toString() === before.toString() ? now : next),
  });
  try {
    await vscode.commands.executeCommand('vscode.diff', before, after, title, { preview: true, preserveFocus: true });
    const answer = await vscode.window.showQuickPick(
      [
        { label: accept, detail, isAccepted: true },
        { label: vscode.l10n.t('Cancel'), detail: vscode.l10n.t('Nothing is changed.'), isAccepted: false },
      ],
      { title, placeHolder: vscode.l10n.t('The change is shown below'), ignoreFocusOut: true },
    );
    return answer?.isAccepted === true;
  } finally {
    await closeDiff(after);
    provider.dispose();
  }
}

async function closeDiff(after: vscode.Uri): Promise<void> {
  const isOurs = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputTextDiff && input.modified.toString() === after.toString();
  const tabs = vscode.window.tabGroups.all.flatMap(group => group.tabs.filter(isOurs));
  await vscode.window.tabGroups.close(tabs);
}
