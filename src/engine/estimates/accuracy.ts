import type { AccuracyFigures, AccuracyGroup, EstimateAccuracy } from '../../api/estimateContract.ts';
import { computeQuantiles } from '../../core/quantiles.ts';
import { resolveEncoding, type TokenizerFamily } from '../../estimator/encodings.ts';
import { type LearnedFactor, learnFactor } from '../../estimator/familyFactors.ts';
import type { StoredEstimate } from '../../ledger/side/estimates.ts';

/** How far estimates were off, by model and file type, and what that teaches about families without a public tokenizer. */
export function computeAccuracy(estimates: readonly StoredEstimate[]): EstimateAccuracy {
  const groups = Map.groupBy(estimates, ({ model, fileType }) => JSON.stringify([model, fileType ?? 'text']));
  const listed = [...groups].map(([key, members]): AccuracyGroup => {
    const [model, fileType] = JSON.parse(key) as [string, string];
    return { model, file_type: fileType, ...figuresOf(members) };
  });
  listed.sort((a, b) => b.estimates - a.estimates || (a.model + a.file_type < b.model + b.file_type ? -1 : 1));
  return { total: figuresOf(estimates), groups: listed, learned: learnFactors(estimates) };
}

function figuresOf(estimates: readonly StoredEstimate[]): AccuracyFigures {
  const matched = estimates.filter(({ match }) => match !== null);
  const inputs = matched.flatMap(({ inputTokens, match }) => errorOf(inputTokens, match?.promptTokens ?? null));
  const costs = matched.flatMap(({ costNanoUsd, match }) => errorOf(costNanoUsd, match?.costNanoUsd ?? null));
  const ranged = matched.filter(({ costLowNanoUsd, match }) => costLowNanoUsd !== null && match?.costNanoUsd !== null);
  const within = ranged.filter(({ costLowNanoUsd, costHighNanoUsd, match }) => {
    const actual = match?.costNanoUsd ?? 0;
    return actual >= (costLowNanoUsd ?? 0) && actual <= (costHighNanoUsd ?? 0);
  });
  return {
    estimates: estimates.length,
    matched: matched.length,
    input_error: median(inputs),
    input_error_p90: largest(inputs),
    cost_error: median(costs),
    cost_error_p90: largest(costs),
    within_range: ranged.length === 0 ? null : within.length / ranged.length,
  };
}

/** (actual − estimated) ÷ estimated; none where nothing was estimated or nothing is known. */
function errorOf(estimated: number | null, actual: number | null): number[] {
  return estimated === null || estimated <= 0 || actual === null ? [] : [(actual - estimated) / estimated];
}

function median(errors: readonly number[]): number | null {
  return computeQuantiles(errors)?.p50 ?? null;
}

function largest(errors: readonly number[]): number | null {
  return computeQuantiles(errors.map(Math.abs))?.p90 ?? null;
}

/** Only requests that were the estimated text and nothing else teach: what an agent adds is not the tokenizer's. */
export function learnFactors(estimates: readonly StoredEstimate[]): LearnedFactor[] {
  const ratios = new Map<TokenizerFamily, number[]>();
  for (const { model, baseTokens, isExact, match } of estimates) {
    const { family } = resolveEncoding(model);
    if (!isExact && match?.isWhole && match.promptTokens !== null && baseTokens > 0) {
      ratios.set(family, [...(ratios.get(family) ?? []), match.promptTokens / baseTokens]);
    }
  }
  return [...ratios].map(([family, values]) => learnFactor(family, values)).filter(learned => learned !== null);
}
