import { estimateTask, type TaskEstimate, type TaskHistory } from './agentTask.ts';
import { compareModels, comparisonModels, estimateWith } from './comparison.ts';
import type { DocumentNote, PromptSource } from './documents/promptDocument.ts';
import { computeEstimate, exactTokens, type Prices, type PromptEstimate } from './estimate.ts';
import type { Estimator, KeptPrompt } from './estimatorWorker.ts';
import type { LearnedFactor } from './familyFactors.ts';
import { type OutputHistory, type OutputPrediction, predictOutput } from './outputPrediction.ts';
import type { PromptCounts } from './protocol.ts';
import { addFiles, type CountedFile, countReferences, type FindFile } from './referencedFiles.ts';
import { isCountedFor } from './requestTokens.ts';

/** What the ledger knows that helps an estimate; null and empty while it knows nothing. */
export interface PromptHistory {
  readonly output: OutputHistory | null;
  readonly tasks: TaskHistory | null;
}

/** What an estimate is made with. */
export interface EstimateContext {
  /** The setting `estimate.model`; the document's own model wins. */
  readonly model: string;
  /** The setting `estimate.expectedOutputTokens`, tokens; the front matter's and the history's win. */
  readonly expectedOutputTokens: number;
  /** Somebody asked for that expected output: it wins. */
  readonly isOutputGiven?: boolean;
  readonly prices: Prices;
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
  readonly learned?: readonly LearnedFactor[];
  /** The setting `estimate.taskType`, null for any; the document's own wins. */
  readonly taskType?: string | null;
  /** Past calls of a model, and of a task type where one is given. */
  readonly readHistory?: (model: string, taskType: string | null) => Promise<PromptHistory>;
  /** USD that are left of today's budget; null without one. */
  readonly remainingUsd?: number | null;
}

export interface PromptEstimateInput extends EstimateContext {
  readonly source: PromptSource;
  /** Reads the files that the prompt sends along. */
  readonly files?: { readonly id: string; readonly find: FindFile };
  /** The prompt as the worker keeps it, while it is being written. */
  readonly kept?: KeptPrompt;
  readonly isHashed?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface PromptAnswer {
  readonly chosen: PromptEstimate;
  /** Cheapest first; the chosen model is among them. */
  readonly comparison: readonly PromptEstimate[];
  /** Whether the chosen model is named by the document or by the setting. */
  readonly modelFrom: 'document' | 'setting';
  readonly output: OutputPrediction;
  /** What an agent would make of it; null for what is no agent's task, and while too few sessions are known. */
  readonly task: TaskEstimate | null;
  /** Likely total ÷ what is left of today's budget; above 1 it is more than is left. Null without a budget or a price. */
  readonly budgetShare: number | null;
  /** Input tokens of the chosen model before anything learned from own requests. */
  readonly baseTokens: number;
  readonly notes: readonly DocumentNote[];
  /** Files that are sent along. */
  readonly files: readonly CountedFile[];
  /** Of the prompt and its files; for `chooseModel`. */
  readonly counts: PromptCounts;
}

/**
 * Estimates a prompt for the model of its front matter, else of its JSON, else of the setting, and compares it with others.
 * Rejects as `Estimator.count` does.
 */
export async function estimatePrompt(input: PromptEstimateInput, estimator: Estimator): Promise<PromptAnswer> {
  const { source, files, kept, signal, isHashed = false } = input;
  const models = [input.model, ...comparisonModels];
  const own = kept
    ? await kept.count(models, { signal, isHashed })
    : await estimator.count(source, models, { signal, isHashed });
  const sent = files
    ? await countReferences(own.document, {
        ...files,
        count: file => estimator.count(file, [...models, own.document.model ?? input.model], { signal }),
      })
    : [];
  const modelFrom = own.document.model === null ? 'setting' : 'document';
  const model = own.document.model ?? input.model;
  return { ...(await answerFor(model, modelFrom === 'document', addFiles(own, sent), sent, input)), modelFrom };
}

/**
 * The answer for another model, from counts at hand. Null when its encoding was not counted: estimate again with it as the setting's
 * model then.
 */
export async function chooseModel(
  model: string,
  { counts, files, modelFrom }: PromptAnswer,
  context: EstimateContext,
): Promise<PromptAnswer | null> {
  return isCountedFor(model, counts) ? { ...(await answerFor(model, false, counts, files, context)), modelFrom } : null;
}

/** The answer with a count of its provider in place of the estimated one. */
export async function answerExactly(
  tokens: number,
  answer: PromptAnswer,
  context: EstimateContext,
): Promise<PromptAnswer> {
  const { chosen, output, modelFrom } = answer;
  const { prices, now, remainingUsd = null } = context;
  const requests = [{ model: chosen.model, tokens: exactTokens(tokens) }];
  const counted = computeEstimate({ model: chosen.model, requests, output, prices, now });
  return {
    ...answer,
    modelFrom,
    chosen: counted,
    comparison: answer.comparison.map(estimate => (estimate.model === chosen.model ? counted : estimate)),
    budgetShare: shareOf(counted.totalUsd, remainingUsd),
  };
}

async function answerFor(
  model: string,
  isOwn: boolean,
  counts: PromptCounts,
  files: readonly CountedFile[],
  context: EstimateContext,
): Promise<Omit<PromptAnswer, 'modelFrom'>> {
  const { expectedOutputTokens, prices, now, learned = [], readHistory, remainingUsd = null } = context;
  const history = (await readHistory?.(model, counts.document.taskType ?? context.taskType ?? null)) ?? {
    output: null,
    tasks: null,
  };
  const given = context.isOutputGiven ? expectedOutputTokens : counts.document.expectedOutputTokens;
  const output = predictOutput(given, history.output, expectedOutputTokens);
  const input = { counts, output, prices, learned, now };
  const chosen = estimateWith(isOwn ? null : model, model, input);
  const isTask = counts.document.format === 'plain' && history.tasks !== null;
  return {
    chosen,
    comparison: compareModels({ ...input, chosen }),
    output,
    task: isTask
      ? estimateTask({ model, promptTokens: chosen.inputTokens, history: history.tasks as TaskHistory, prices, now })
      : null,
    budgetShare: shareOf(chosen.totalUsd, remainingUsd),
    baseTokens: estimateWith(isOwn ? null : model, model, { ...input, learned: [] }).inputTokens,
    notes: counts.document.notes,
    files,
    counts,
  };
}

function shareOf(totalUsd: number | null, remainingUsd: number | null): number | null {
  if (totalUsd === null || remainingUsd === null) {
    return null;
  }
  return remainingUsd > 0 ? totalUsd / remainingUsd : totalUsd > 0 ? Number.POSITIVE_INFINITY : 0;
}
