import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in a real VS Code', () => {
  it('is there and activates', async () => {
    const extension = vscode.extensions.getExtension('spend-lens.spend-lens');
    assert.ok(extension, 'VS Code does not know the extension');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('offers every command of its manifest', async () => {
    const manifest = vscode.extensions.getExtension('spend-lens.spend-lens')?.packageJSON;
    const declared: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      declared.filter(command => !known.has(command)),
      [],
    );
  });
});
