import type * as vscode from 'vscode';
import type { EngineConnection } from './connection/engineConnection.ts';
import type { LivePrompts } from './estimate/livePrompts.ts';
import type { PromptEstimator } from './estimate/promptEstimator.ts';
import type { ForwardPasswords } from './forwarding/forwardPasswords.ts';
import type { ReportPanel } from './report/reportPanel.ts';

/** What commands work with; built once by `extension.ts`. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly connection: EngineConnection;
  readonly estimator: PromptEstimator;
  /** Prompt files in editors. */
  readonly livePrompts: LivePrompts;
  readonly report: ReportPanel;
  readonly forwardPasswords: ForwardPasswords;
}
