import * as vscode from 'vscode';
import { languageModelTools } from '../../contributions.ts';
import { formatError } from '../log.ts';
import type { Services } from '../services.ts';
import { estimatePromptCostTool } from './estimatePromptCostTool.ts';
import { getSpendTool } from './getSpendTool.ts';

/** What the tools work with. */
export type ToolServices = Pick<Services, 'connection' | 'estimator' | 'log'>;

/** Answers one question of a model with JSON, or throws an Error that the model can do something with. */
export type Tool<Input> = (services: ToolServices, input: Input, signal: AbortSignal) => Promise<object>;

/** Registers what language models may ask, so that an agent can ask before a big step. */
export function registerLanguageModelTools(services: ToolServices): vscode.Disposable {
  return vscode.Disposable.from(
    register(languageModelTools.estimatePromptCost, estimatePromptCostTool, services),
    register(languageModelTools.getSpend, getSpendTool, services),
  );
}

function register<Input>(name: string, run: Tool<Input>, services: ToolServices): vscode.Disposable {
  return vscode.lm.registerTool<Input>(name, {
    async invoke({ input }, token) {
      const leaving = new AbortController();
      const subscription = token.onCancellationRequested(() => leaving.abort());
      try {
        const answer = await run(services, input, leaving.signal);
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(answer))]);
      } catch (error) {
        services.log.warn(`${name} failed: ${formatError(error)}`);
        throw error;
      } finally {
        subscription.dispose();
      }
    },
  });
}
