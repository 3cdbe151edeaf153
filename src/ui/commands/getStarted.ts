import * as vscode from 'vscode';
import { walkthroughs } from '../../contributions.ts';
import type { Services } from '../services.ts';

/** Opens the walkthrough. */
export async function getStarted({ context }: Services): Promise<void> {
  const walkthrough = `${context.extension.id}#${walkthroughs.firstSteps}`;
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
