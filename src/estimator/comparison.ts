import { computeEstimate, type Prices, type PromptEstimate } from './estimate.ts';
import type { LearnedFactor } from './familyFactors.ts';
import type { OutputPrediction } from './outputPrediction.ts';
import type { PromptCounts } from './protocol.ts';
import { computeTokens } from './requestTokens.ts';

/** Models offered for comparison: current, well known, in the price book. Kept short: it is read, not searched. */
export const comparisonModels = [
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4.1-nano',
  'gpt-5-mini',
  'gpt-5.5',
  'gpt-5.6-luna',
  'gpt-5.6-sol',
  'gpt-6-luna',
  'gpt-6-sol',
  'claude-haiku-4-5',
  'claude-sonnet-5',
  'claude-opus-5-5',
  'gemini-3.1-pro-preview',
  'gemini-3.5-flash-lite',
  'gemini-3.8-flash',
  'deepseek-v4-flash',
  'deepseek-v4-pro',
  'mistral-medium-3-5',
  'grok-4.6',
] as const;

export interface ModelInput {
  readonly counts: PromptCounts;
  readonly output: OutputPrediction;
  readonly prices: Prices;
  readonly learned?: readonly LearnedFactor[];
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
}

export interface ComparisonInput extends ModelInput {
  /** Always in the answer, whether it has a price or not. */
  readonly chosen: PromptEstimate;
  readonly models?: readonly string[];
}

/** The prompt with one model, or (`null`) each of its requests with the model that it names itself. */
export function estimateWith(model: string | null, fallback: string, input: ModelInput): PromptEstimate {
  const { counts, output, prices, learned, now } = input;
  const requests = counts.requests.map(request => {
    const used = model ?? request.model ?? fallback;
    return { model: used, tokens: computeTokens(used, request, counts.mix, learned) };
  });
  const { serviceTier } = counts.document;
  return computeEstimate({ model: model ?? fallback, requests, output, prices, serviceTier, now });
}

/** The same prompt with each model, cheapest first, those without a price last, equal ones by name. */
export function compareModels({
  chosen,
  models = comparisonModels,
  ...input
}: ComparisonInput): readonly PromptEstimate[] {
  return [
    chosen,
    ...models.filter(model => model !== chosen.model).map(model => estimateWith(model, model, input)),
  ].sort(
    (a, b) =>
      (a.totalUsd ?? Number.POSITIVE_INFINITY) - (b.totalUsd ?? Number.POSITIVE_INFINITY) ||
      (a.model < b.model ? -1 : 1),
  );
}
