import type { TurnCost } from '../../estimator/turnCost.ts';
import { formatCount, formatUsd, formatUsdFixed, formatUsdPrecise } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';
import { formatInputTokens, formatTotal, roundUsd } from './estimateText.ts';
import type { LiveEstimate } from './livePrompt.ts';
import type { LiveState } from './livePrompts.ts';

/** The lines above a prompt file, and what they say when pointed at. */
export function formatLenses(state: LiveState, t: Translate): readonly string[] {
  switch (state.kind) {
    case 'none':
      return [];
    case 'silent':
      return [t('Estimate this prompt of {0} characters', formatCount(state.characters))];
    case 'counting':
      return [t('Counting tokens…')];
    case 'estimated':
      return state.turns ? [formatTurns(state.turns, t)] : [formatOnce(state, t)];
  }
}

/** "1,234 tokens · $0.0065 with gpt-4.1" */
function formatOnce({ answer: { chosen } }: LiveEstimate, t: Translate): string {
  return chosen.totalUsd === null
    ? t('{0} · no price known for {1}', formatInputTokens(chosen, t), chosen.model)
    : t('{0} · {1} with {2}', formatInputTokens(chosen, t), formatTotal(chosen, t), chosen.model);
}

/** "1,940 tok · $0.010 a turn · 212 turns in 30 days = $2.06" */
function formatTurns({ tokens, isExact, usdPerTurn, turns, usd, model }: TurnCost, t: Translate): string {
  const about = isExact ? '' : '≈ ';
  const size = `${about}${t('{0} tok', formatCount(tokens))}`;
  if (usdPerTurn === null || usd === null) {
    return t('{0} with every turn · no price known for {1}', size, model);
  }
  const cost = `${about}${t('{0} a turn', formatTurnUsd(usdPerTurn))}`;
  return turns === 0
    ? t('{0} · {1} with {2} · no turns in 30 days', size, cost, model)
    : t(
        '{0} · {1} · {2} turns in 30 days = {3}',
        size,
        cost,
        formatCount(turns),
        usd > 0 && usd < 0.01 ? roundUsd(usd) : formatUsd(usd),
      );
}

/** Two significant digits below a cent: "$0.010", "$0.0097". */
function formatTurnUsd(usd: number): string {
  return usd === 0 || usd >= 0.01 ? formatUsdFixed(usd, 3) : formatUsdPrecise(Number(usd.toPrecision(2)));
}

/** The status item while a prompt is active: "1,234 tok · $0.0065". */
export function formatEstimateItem(
  { answer: { chosen } }: Pick<LiveEstimate, 'answer'>,
  t: Translate,
): { readonly text: string; readonly label: string; readonly isTooLong: boolean } {
  const { inputTokens, exact, totalUsd, lowUsd, highUsd, contextShare, model } = chosen;
  const isSure = exact && lowUsd === highUsd;
  const tokens = `${exact ? '' : '≈ '}${t('{0} tok', formatCount(inputTokens))}`;
  const cost = totalUsd === null ? t('no price') : isSure ? roundUsd(totalUsd) : `≈ ${roundUsd(totalUsd)}`;
  const isTooLong = contextShare !== null && contextShare > 1;
  return {
    text: `$(symbol-numeric) ${tokens} · ${cost}`,
    label: t('Estimate of the active prompt: {0}, {1} with {2}', formatInputTokens(chosen, t), cost, model),
    isTooLong,
  };
}
