import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Shows how far the work is: a line, and what it has added to 100. */
export type Tell = (message: string, increment?: number) => void;

/** What is done sooner shows no progress, which would only flash up. ms. */
const quietMs = 400;

/** Runs something quick silently, and something long under a progress notification that can cancel it: then undefined. */
export async function withCancel<T>(
  title: string,
  run: (signal: AbortSignal, tell: Tell) => Promise<T>,
): Promise<T | undefined> {
  const cancel = new AbortController();
  let progress: vscode.Progress<{ message: string; increment: number }> | null = null;
  let added = 0;
  const result = run(cancel.signal, (message, increment = 0) => {
    added += increment;
    progress?.report({ message, increment: added });
    added = progress ? 0 : added;
  });
  if (await Promise.race([result.then(() => true), sleep(quietMs, false)])) {
    return result;
  }
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (shown, token) => {
      progress = shown;
      token.onCancellationRequested(() => cancel.abort());
      try {
        return await result;
      } catch (error) {
        if (cancel.signal.aborted) {
          return undefined;
        }
        throw error;
      }
    },
  );
}
