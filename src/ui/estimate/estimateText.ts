import type { PromptEstimate } from '../../estimator/estimate.ts';
import { formatCount, formatPercent, formatUsdPrecise, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/**
 * One line that says it all: "1,234 tokens · $0.0025 in + $0.004 out (500 tokens expected) = $0.0065 with gpt-4.1". What is not
 * exact has a ≈ and its range in parentheses, costs of three significant digits.
 */
export function formatEstimate(estimate: PromptEstimate, t: Translate): string {
  const { model, outputTokens, inputUsd, outputUsd } = estimate;
  const tokens = formatInputTokens(estimate, t);
  if (inputUsd === null || outputUsd === null) {
    return t('{0} · no price known for {1}', tokens, model);
  }
  const output = t('{0} out ({1} tokens expected)', formatUsdPrecise(outputUsd), formatCount(outputTokens));
  const input = t('{0} in', formatCost(inputUsd, estimate.exact));
  return t('{0} · {1} + {2} = {3} with {4}', tokens, input, output, formatTotal(estimate, t), model);
}

/** "1,234 tokens", or "≈ 1,480 tokens (1,258–1,702)". */
export function formatInputTokens({ inputTokens, exact, lowTokens, highTokens }: PromptEstimate, t: Translate): string {
  const count = formatCount(inputTokens);
  const tokens = isOne(inputTokens) ? t('{0} token', count) : t('{0} tokens', count);
  return exact ? tokens : `≈ ${tokens} (${formatCount(lowTokens)}–${formatCount(highTokens)})`;
}

/** "$0.0065", or likely with its range "≈ $0.0112 ($0.0106–$0.0117)", which is left out where both ends read the same. */
export function formatTotal({ totalUsd, lowUsd, highUsd }: PromptEstimate, t: Translate): string {
  if (totalUsd === null || lowUsd === null || highUsd === null) {
    return t('no price known');
  }
  if (lowUsd === highUsd) {
    return formatUsdPrecise(totalUsd);
  }
  const [low, high] = [roundUsd(lowUsd), roundUsd(highUsd)];
  return `${formatCost(totalUsd, false)}${low === high ? '' : ` (${low}–${high})`}`;
}

/** "12% of the context window", "does not fit into the context window"; null when the window is unknown. */
export function formatContextShare({ contextShare }: PromptEstimate, t: Translate): string | null {
  if (contextShare === null) {
    return null;
  }
  return contextShare > 1
    ? t('does not fit into the context window')
    : t('{0} of the context window', formatShare(contextShare));
}

/** A part of a whole: "12%", "<1%". */
export function formatShare(share: number): string {
  return share > 0 && share < 0.01 ? `<${formatPercent(0.01)}` : formatPercent(share);
}

/** What is not exact is marked and has three significant digits, as many as its range allows. */
export function formatCost(usd: number | null, exact: boolean): string {
  return exact || usd === null ? formatUsdPrecise(usd) : `≈ ${roundUsd(usd)}`;
}

/** Three significant digits. */
export function roundUsd(usd: number): string {
  return formatUsdPrecise(Number(usd.toPrecision(3)));
}
