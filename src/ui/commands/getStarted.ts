import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { walkthroughs } from '../../contributions.ts';
import type { Services } from '../services.ts';

/** How long VS Code takes to register the walkthroughs of extensions, in ms; it does so in some turns of its loop. */
const registeringMs = 500;
/** Windows are an extension host each, so this holds for the window. */
let areRegistered = false;

/**
 * Makes VS Code register the walkthroughs of extensions. It does not before something in the window asks for a walkthrough, and that
 * first time it shows another one, as ours is not there yet: github.com/microsoft/vscode/issues/187958 and 232425. So this asks for
 * a step that does not exist, which changes and shows nothing; a VS Code that lacks the command opens as it would without it.
 */
async function registerWalkthroughs(walkthrough: string): Promise<void> {
  try {
    await vscode.commands.executeCommand('welcome.markStepIncomplete', `${walkthrough}#none`);
  } catch {
    // There is no such step.
  }
  await sleep(registeringMs);
}

/** Opens the walkthrough. */
export async function getStarted({ context }: Services): Promise<void> {
  const walkthrough = `${context.extension.id}#${walkthroughs.firstSteps}`;
  if (!areRegistered) {
    await registerWalkthroughs(walkthrough);
    areRegistered = true;
  }
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
}
