import { formatUsdPrecise } from '../../core/money.ts';
import type { PromptEstimate } from '../../estimator/estimate.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { formatComparison, formatContextShare, formatInputTokens } from '../../estimator/formatEstimate.ts';
import type { Translate } from '../translate.ts';

/** One line of the answer's list. What picking it does goes by `kind`. */
export interface EstimateItem {
  readonly kind: 'separator' | 'figure' | 'note' | 'setPrice' | 'model';
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  /** Of `setPrice` and `model`. */
  readonly model?: string;
}

/** "Estimate for a.md: 1,234 tokens · $0.0065 with gpt-4.1" */
export function formatEstimateTitle(name: string, { chosen }: PromptAnswer, t: Translate): string {
  return t('{0}: {1} · {2} with {3}', name, formatInputTokens(chosen), formatTotal(chosen), chosen.model);
}

/** The answer as a list: the chosen model's figures, what is to be said of them, and the models to compare, cheapest first. */
export function formatEstimateItems(answer: PromptAnswer, t: Translate): EstimateItem[] {
  const { chosen, comparison, notes, modelFrom } = answer;
  const source = modelFrom === 'document' ? t('named by the prompt') : t('from the settings');
  const notesAndActions = [
    ...notes.map((label): EstimateItem => ({ kind: 'note', label: `$(info) ${label}` })),
    ...(chosen.totalUsd === null
      ? [{ kind: 'setPrice', label: `$(tag) ${t('Set Price of {0}…', chosen.model)}`, model: chosen.model } as const]
      : []),
  ];
  return [
    { kind: 'separator', label: `${chosen.model} · ${source}` },
    ...formatFigures(chosen, t),
    ...(notesAndActions.length > 0 ? [{ kind: 'separator', label: t('Notes') } as const, ...notesAndActions] : []),
    { kind: 'separator', label: t('Compare models, cheapest first') },
    ...comparison.map((estimate): EstimateItem => {
      const { label, description, detail } = formatComparison(estimate);
      const icon = estimate.model === chosen.model ? '$(check)' : '$(blank)';
      return { kind: 'model', label: `${icon} ${label}`, description, detail, model: estimate.model };
    }),
  ];
}

/** The chosen model's figures as lines of text, to paste somewhere. */
export function formatEstimateCopy(name: string, { chosen }: PromptAnswer, t: Translate): string {
  const lines = formatFigures(chosen, t).map(({ label, description }) => `${label}: ${description}`);
  return [`${name} · ${chosen.model}`, ...lines].join('\n');
}

function formatFigures(estimate: PromptEstimate, t: Translate): EstimateItem[] {
  const { inputUsd, outputUsd, outputTokens } = estimate;
  const figure = (label: string, description: string): EstimateItem => ({ kind: 'figure', label, description });
  const share = formatContextShare(estimate);
  const expected = t('{0} tokens expected', outputTokens.toLocaleString('en-US'));
  return [
    figure(t('Input tokens'), [formatInputTokens(estimate), share].filter(Boolean).join(' · ')),
    figure(t('Input'), formatCost(inputUsd, estimate.exact)),
    figure(t('Output'), `${formatCost(outputUsd, true)} (${expected})`),
    figure(t('Total'), formatTotal(estimate)),
  ];
}

function formatTotal(estimate: PromptEstimate): string {
  return formatComparison(estimate).description;
}

/** What is not exact is marked and has three significant digits, as many as its range allows. */
function formatCost(usd: number | null, exact: boolean): string {
  return exact || usd === null ? formatUsdPrecise(usd) : `≈ ${formatUsdPrecise(Number(usd.toPrecision(3)))}`;
}
