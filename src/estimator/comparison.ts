import type { PriceBook } from '../core/priceBook.ts';
import { computeEstimate, computeTokens, type PromptEstimate } from './estimate.ts';
import type { PromptCounts } from './protocol.ts';

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

export interface ComparisonInput {
  /** Always in the answer, whether it has a price or not. */
  readonly chosen: string;
  readonly counts: PromptCounts;
  readonly outputTokens: number;
  readonly prices: PriceBook;
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
  readonly models?: readonly string[];
}

/** The same prompt with each model, cheapest first, those without a price last, equal ones by name. */
export function compareModels(input: ComparisonInput): readonly PromptEstimate[] {
  const { chosen, counts, models = comparisonModels } = input;
  return [...new Set([chosen, ...models])]
    .map(model => computeEstimate({ ...input, model, tokens: computeTokens(model, counts) }))
    .sort(
      (a, b) =>
        (a.totalUsd ?? Number.POSITIVE_INFINITY) - (b.totalUsd ?? Number.POSITIVE_INFINITY) ||
        (a.model < b.model ? -1 : 1),
    );
}
