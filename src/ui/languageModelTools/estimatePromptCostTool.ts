import * as vscode from 'vscode';
import { keepEstimates } from '../estimate/keepEstimates.ts';
import { formatNotes } from '../estimate/noteText.ts';
import type { EstimateRequest } from '../estimate/promptEstimator.ts';
import { readFilePrompt } from '../estimate/readPrompt.ts';
import { readSettings } from '../settings.ts';
import { plainText } from '../text/translate.ts';
import type { Tool } from './registerLanguageModelTools.ts';

/** As in package.json, `languageModelTools`. */
export interface EstimatePromptCostInput {
  readonly text?: string;
  /** Relative to a workspace folder. */
  readonly file?: string;
  readonly model?: string;
  readonly expected_output_tokens?: number;
}

/** `estimate_prompt_cost`: what a text or a prompt file would cost. Models read English whatever the window's language. */
export const estimatePromptCostTool: Tool<EstimatePromptCostInput> = async (
  { estimator, connection, log },
  input,
  signal,
) => {
  const request = await readRequest(input);
  const settings = {
    ...readSettings(),
    ...(input.model === undefined ? {} : { 'estimate.model': input.model }),
    ...(input.expected_output_tokens === undefined
      ? {}
      : { 'estimate.expectedOutputTokens': input.expected_output_tokens }),
  };
  const isOutputGiven = input.expected_output_tokens !== undefined;
  const counted = await estimator.estimate({ ...request, isHashed: true, isOutputGiven }, settings, signal);
  // A model that is asked for goes before the one that the file names.
  const answer =
    input.model === undefined
      ? counted
      : ((await estimator.choose(input.model, counted, settings, isOutputGiven)) ?? counted);
  keepEstimates({ connection, log }, [{ answer, part: request.id === undefined ? 'tool' : null }]);
  const { chosen, output, budgetShare, task, comparison } = answer;
  return {
    model: chosen.model,
    input_tokens: chosen.inputTokens,
    exact: chosen.exact,
    input_tokens_range: [chosen.lowTokens, chosen.highTokens],
    output_tokens: chosen.outputTokens,
    output_from: input.expected_output_tokens === undefined ? output.from : 'given',
    input_cost_usd: chosen.inputUsd,
    input_cost_from_cache_usd: chosen.warmInputUsd,
    total_cost_usd: chosen.totalUsd,
    low_usd: chosen.lowUsd,
    high_usd: chosen.highUsd,
    context_share: chosen.contextShare,
    budget_share: budgetShare !== null && Number.isFinite(budgetShare) ? budgetShare : null,
    agent_task: task && { likely_usd: task.likelyUsd, p90_usd: task.highUsd, sessions: task.sessions },
    cheaper_models: comparison
      .filter(({ totalUsd }) => totalUsd !== null && chosen.totalUsd !== null && totalUsd < chosen.totalUsd)
      .slice(0, 5)
      .map(({ model, totalUsd }) => ({ model, total_cost_usd: totalUsd })),
    notes: formatNotes(answer, plainText),
  };
};

async function readRequest({ text, file }: EstimatePromptCostInput): Promise<EstimateRequest> {
  if ((text === undefined) === (file === undefined)) {
    throw new Error('Give either text or file.');
  }
  if (text !== undefined) {
    return { source: { text, isPlain: true } };
  }
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const candidate = vscode.Uri.joinPath(uri, file ?? '');
    if (vscode.workspace.getWorkspaceFolder(candidate) && (await exists(candidate))) {
      return readFilePrompt(candidate);
    }
  }
  throw new Error(`There is no file ${file} in the workspace. Give its path relative to the workspace folder.`);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
