import type { PriceBook } from '../core/priceBook.ts';
import { compareModels, comparisonModels } from './comparison.ts';
import { resolveEncoding } from './encodings.ts';
import { computeEstimate, computeTokens, type PromptEstimate } from './estimate.ts';
import type { Estimator } from './estimatorWorker.ts';
import type { PromptSource } from './promptDocument.ts';
import type { PromptCounts } from './protocol.ts';

export interface PromptEstimateInput extends PromptSource {
  /** The setting `estimate.model`; the document's own model wins. */
  readonly model: string;
  /** The setting `estimate.expectedOutputTokens`, tokens; the front matter's wins. */
  readonly expectedOutputTokens: number;
  readonly prices: PriceBook;
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
}

export interface PromptAnswer {
  readonly chosen: PromptEstimate;
  /** Cheapest first; the chosen model is among them. */
  readonly comparison: readonly PromptEstimate[];
  /** Whether the chosen model is named by the document or by the setting. */
  readonly modelFrom: 'document' | 'setting';
  /** Sentences for the user: what is not counted, what is approximate, what has no price. */
  readonly notes: readonly string[];
  /** For `chooseModel`. */
  readonly counts: PromptCounts;
}

/**
 * Estimates a prompt for the model of its front matter, else of its JSON, else of the setting, and compares it with others.
 * Rejects as `Estimator.count` does.
 */
export async function estimatePrompt(
  input: PromptEstimateInput,
  estimator: Estimator,
  signal?: AbortSignal,
): Promise<PromptAnswer> {
  const { text, fileName, languageId, isPlain } = input;
  const source: PromptSource = {
    text,
    ...(fileName === undefined ? {} : { fileName }),
    ...(languageId === undefined ? {} : { languageId }),
    ...(isPlain === undefined ? {} : { isPlain }),
  };
  const counts = await estimator.count(source, [input.model, ...comparisonModels], signal);
  const modelFrom = counts.document.model === null ? 'setting' : 'document';
  return { ...answerFor(counts.document.model ?? input.model, counts, input), modelFrom };
}

/**
 * The answer for another model, from counts at hand. Null when its encoding was not counted: estimate again with it as the setting's
 * model then.
 */
export function chooseModel(
  model: string,
  answer: PromptAnswer,
  input: Pick<PromptEstimateInput, 'expectedOutputTokens' | 'prices' | 'now'>,
): PromptAnswer | null {
  const isCounted = answer.counts.contentTokens[resolveEncoding(model).encoding] !== undefined;
  return isCounted ? { ...answerFor(model, answer.counts, input), modelFrom: answer.modelFrom } : null;
}

function answerFor(
  model: string,
  counts: PromptCounts,
  { expectedOutputTokens, prices, now }: Pick<PromptEstimateInput, 'expectedOutputTokens' | 'prices' | 'now'>,
): Omit<PromptAnswer, 'modelFrom'> {
  const outputTokens = counts.document.expectedOutputTokens ?? expectedOutputTokens;
  const chosen = computeEstimate({ model, tokens: computeTokens(model, counts), outputTokens, prices, now });
  const comparison = compareModels({ chosen: model, counts, outputTokens, prices, now });
  return { chosen, comparison, notes: [...counts.document.notes, ...notesOn(chosen)], counts };
}

function notesOn({ model, exact, totalUsd, contextShare }: PromptEstimate): readonly string[] {
  return [
    ...(exact ? [] : [`${model} has no public tokenizer: its tokens are given as a range.`]),
    ...(totalUsd === null ? [`No price is known for ${model}. Set one in the setting spendLens.prices.`] : []),
    ...(contextShare !== null && contextShare > 1
      ? [`The prompt does not fit into the context window of ${model}.`]
      : []),
  ];
}
