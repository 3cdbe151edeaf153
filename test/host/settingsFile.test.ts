import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** Shows a folder's settings.json with this text; it is gone after `run`. */
async function withSettings(text: string, run: (document: vscode.TextDocument) => Promise<void>): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  const file = vscode.Uri.joinPath(folder, '.vscode', 'settings.json');
  const before = await Promise.resolve(vscode.workspace.fs.readFile(file)).catch(() => null);
  await vscode.workspace.fs.writeFile(file, Buffer.from(text));
  try {
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    // VS Code may still hold the text of the run before, and reads the new one when its watcher tells it.
    assert.equal(
      await askUntil(
        () => document.getText(),
        shown => shown === text,
      ),
      text,
    );
    await run(document);
  } finally {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await (before ? vscode.workspace.fs.writeFile(file, before) : vscode.workspace.fs.delete(file));
  }
}

/** Asks until the JSON language service, which starts by itself, has an answer that is meant. */
async function askUntil<T>(ask: () => Thenable<T> | T, isMeant: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (const end = Date.now() + 20_000; !isMeant(answer) && Date.now() < end; ) {
    await new Promise(resolve => setTimeout(resolve, 100));
    answer = await ask();
  }
  return answer;
}

const labelsOf = ({ items }: vscode.CompletionList): string[] =>
  items.map(({ label }) => (typeof label === 'string' ? label : label.label).replaceAll('"', ''));

/** What is offered after this text, which the document holds once; asks until `expected` is among it, for 20 s at most. */
async function complete(document: vscode.TextDocument, after: string, expected: string): Promise<string[]> {
  const text = document.getText();
  assert.equal(text.split(after).length, 2, `${after} is not there once`);
  const at = document.positionAt(text.indexOf(after) + after.length);
  const list = await askUntil<vscode.CompletionList>(
    () => vscode.commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, at),
    found => labelsOf(found).includes(expected),
  );
  return labelsOf(list);
}

describe('the budgets in settings.json', () => {
  it('are completed: fields, values, and whole budgets', async () => {
    const text = `{
  "spendLens.budgets": [
    { "name": "a", "limitUsd": 1, "period": "", "match": { "a" } },
    { "name": "b", "limitUsd": 1, "" },
    
  ]
}
`;
    await withSettings(text, async document => {
      const periods = await complete(document, '"period": "', 'rolling24h');
      for (const period of ['day', 'week', 'month', 'session', 'rolling24h']) {
        assert.ok(periods.includes(period), `${period} is not among ${periods}`);
      }
      const patterns = await complete(document, '"match": { "', 'taskType');
      assert.ok(patterns.includes('taskType'), `taskType is not among ${patterns}`);
      const fields = await complete(document, '"name": "b", "limitUsd": 1, "', 'enforce');
      for (const field of ['scope', 'match', 'thresholds', 'enforce', 'includeSubscriptions']) {
        assert.ok(fields.includes(field), `${field} is not among ${fields}`);
      }
      const budgets = await complete(document, '"" },\n    ', 'Budget of a month');
      assert.ok(budgets.includes('Budget of a month'), `no budget is offered whole, only ${budgets}`);
    });
  });

  it('are checked: what can’t be is underlined, what can is not', async () => {
    const bad = [
      '{ "limitUsd": 1 }',
      '{ "name": "daily", "limitUsd": 1 }',
      '{ "name": "a", "limitUsd": 0 }',
      '{ "name": "b", "limitUsd": 1, "period": "year" }',
      '{ "name": "c", "limitUsd": 1, "treshold": 5 }',
      '{ "name": "d", "limitUsd": 1, "match": { "modle": "x" } }',
      '{ "name": "e", "limitUsd": 1, "thresholds": [-1] }',
      '{ "name": "f", "limitUsd": 1, "enforce": true }',
    ];
    const good =
      '{ "name": "g", "limitUsd": 0.5, "period": "session", "scope": "machine", "enforce": "gateway", "match": { "model": "gpt-*" } }';
    await withSettings(`{\n"spendLens.budgets": [\n${[...bad, good].join(',\n')}\n]\n}\n`, async document => {
      const underlined = () => {
        const lines = vscode.languages.getDiagnostics(document.uri).map(({ range }) => range.start.line - 2);
        return [...new Set(lines)].sort((a, b) => a - b);
      };
      const expected = bad.map((_, index) => index);
      const found = await askUntil(underlined, lines => lines.length >= expected.length);
      assert.deepEqual(found, expected);
    });
  });
});
