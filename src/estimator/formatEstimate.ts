import { formatUsdPrecise } from '../core/money.ts';
import type { PromptEstimate } from './estimate.ts';

/**
 * One line that says it all: "1,234 tokens · $0.0025 in + $0.004 out (500 tokens expected) = $0.0065 with gpt-4.1". What is not
 * exact has a ≈ and its range in parentheses, costs of three significant digits.
 */
export function formatEstimate(estimate: PromptEstimate): string {
  const { model, outputTokens, inputUsd, outputUsd, totalUsd } = estimate;
  const tokens = formatInputTokens(estimate);
  if (inputUsd === null || outputUsd === null || totalUsd === null) {
    return `${tokens} · no price known for ${model}`;
  }
  const about = estimate.exact ? '' : '≈ ';
  const total = `${about}${formatCost(totalUsd, estimate)}${formatCostRange(estimate)}`;
  const output = `${formatUsdPrecise(outputUsd)} out (${formatCount(outputTokens)} tokens expected)`;
  return `${tokens} · ${about}${formatCost(inputUsd, estimate)} in + ${output} = ${total} with ${model}`;
}

/** "1,234 tokens", or "≈ 1,480 tokens (1,258–1,702)". */
export function formatInputTokens({ inputTokens, exact, lowTokens, highTokens }: PromptEstimate): string {
  const tokens = `${formatCount(inputTokens)} ${inputTokens === 1 ? 'token' : 'tokens'}`;
  return exact ? tokens : `≈ ${tokens} (${formatCount(lowTokens)}–${formatCount(highTokens)})`;
}

/** The words of one model in a list to compare: label, description beside it, detail below. */
export function formatComparison(estimate: PromptEstimate): {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
} {
  const { model, exact, totalUsd } = estimate;
  const cost = totalUsd === null ? 'no price known' : `${exact ? '' : '≈ '}${formatCost(totalUsd, estimate)}`;
  const share = formatContextShare(estimate);
  return {
    label: model,
    description: `${cost}${formatCostRange(estimate)}`,
    detail: share === null ? formatInputTokens(estimate) : `${formatInputTokens(estimate)} · ${share}`,
  };
}

/** "12% of the context window", "does not fit into the context window"; null when the window is unknown. */
export function formatContextShare({ contextShare }: PromptEstimate): string | null {
  if (contextShare === null) {
    return null;
  }
  if (contextShare > 1) {
    return 'does not fit into the context window';
  }
  const percent = contextShare * 100;
  return `${percent > 0 && percent < 1 ? '<1' : Math.round(percent)}% of the context window`;
}

/** Nothing where both ends read the same: output costs may outweigh what is unsure of the input. */
function formatCostRange(estimate: PromptEstimate): string {
  const { exact, lowUsd, highUsd } = estimate;
  if (exact || lowUsd === null || highUsd === null) {
    return '';
  }
  const [low, high] = [formatCost(lowUsd, estimate), formatCost(highUsd, estimate)];
  return low === high ? '' : ` (${low}–${high})`;
}

function formatCost(usd: number, { exact }: PromptEstimate): string {
  return formatUsdPrecise(exact ? usd : Number(usd.toPrecision(3)));
}

function formatCount(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
