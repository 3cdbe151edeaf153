/** A small extension beside ours, as somebody else would write it against docs/extension-api.md. */
import * as vscode from 'vscode';
import type { SpendChange, SpendLensApi, ThresholdCrossing } from '../../../src/ui/publicApi/extensionApi.ts';

/** What the tests look at. */
export interface Sample {
  readonly spendLens: SpendLensApi;
  readonly changes: readonly SpendChange[];
  readonly crossings: readonly ThresholdCrossing[];
  /** Text of its status bar item. */
  readonly shown: () => string;
  /** Ends its subscriptions. */
  stop(): void;
}

export async function activate(context: vscode.ExtensionContext): Promise<Sample> {
  const extension = vscode.extensions.getExtension<SpendLensApi>('spend-lens.spend-lens');
  const spendLens = await extension?.activate();
  if (spendLens?.version !== 1) {
    throw new Error('This needs Spend Lens with version 1 of its API.');
  }
  const item = vscode.window.createStatusBarItem('spendLensSample', vscode.StatusBarAlignment.Right);
  const changes: SpendChange[] = [];
  const crossings: ThresholdCrossing[] = [];
  const subscriptions = vscode.Disposable.from(
    item,
    spendLens.onDidChangeSpend(change => {
      changes.push(change);
      item.text = `sample: $${(change.today.costUsd ?? 0).toFixed(3)}`;
      item.show();
    }),
    spendLens.onDidCrossThreshold(crossing => void crossings.push(crossing)),
    vscode.commands.registerCommand('spendLensSample.report', () =>
      spendLens.recordUsage({ model: 'gpt-4.1', inputTokens: 1000, outputTokens: 500, agent: 'sample' }),
    ),
  );
  context.subscriptions.push(subscriptions);
  return { spendLens, changes, crossings, shown: () => item.text, stop: () => subscriptions.dispose() };
}
