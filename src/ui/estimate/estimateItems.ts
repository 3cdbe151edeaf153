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
  /** Of `setPrice` and `model`. */
  readonly model?: string;
}

/** "Estimate for a.md: 1,234 tokens · $0.0065 with gpt-4.1" */
export function formatEstimateTitle(name: string, { chosen }: PromptAnswer, t: Translate): string {
  const tokens = formatInputTokens(chosen);
  return chosen.totalUsd === null
    ? t('{0}: {1} · no price known for {2}', name, tokens, chosen.model)
    : t('{0}: {1} · {2} with {3}', name, tokens, formatTotal(chosen), chosen.model);
}

/** Who chose the model: the prompt, the settings, or the user in the answer. */
export type ModelSource = PromptAnswer['modelFrom'] | 'answer';

/** The answer as a list: the chosen model's figures, what is to be said of them, and the models to compare, cheapest first. */
export function formatEstimateItems(answer: PromptAnswer, source: ModelSource, t: Translate): EstimateItem[] {
  const { chosen, comparison, notes } = answer;
  const notesAndActions = [
    ...notes.map((label): EstimateItem => ({ kind: 'note', label: `$(info) ${label}` })),
    ...(chosen.totalUsd === null
      ? [{ kind: 'setPrice', label: `$(tag) ${t('Set Price of {0}…', chosen.model)}`, model: chosen.model } as const]
      : []),
  ];
  return [
    { kind: 'separator', label: `${chosen.model} · ${formatSource(source, t)}` },
    ...formatFigures(chosen, t),
    // A title would take the room that the note's sentence needs.
    ...(notesAndActions.length > 0 ? [{ kind: 'separator', label: '' } as const, ...notesAndActions] : []),
    { kind: 'separator', label: t('Compare models, cheapest first') },
    ...comparison.map(estimate => formatModelItem(estimate, estimate.model === chosen.model, t)),
  ];
}

/**
 * What is typed into the list and no model of it: the same prompt with that model. Null for anything that is none. VS Code sorts by
 * where a label has the typed text, so it comes late in this one: models of the list are before it.
 */
export function formatTypedModel(typed: string, { comparison }: PromptAnswer, t: Translate): EstimateItem | null {
  const model = typed.trim();
  const isListed = comparison.some(estimate => estimate.model === model);
  return model === '' || /\s/.test(model) || isListed
    ? null
    : { kind: 'model', label: `$(arrow-right) ${t('Estimate with another model: {0}', model)}`, model };
}

/** One line, since many are read one below the other: cost with its range, tokens, and whether they fit. */
function formatModelItem(estimate: PromptEstimate, isChosen: boolean, t: Translate): EstimateItem {
  const { model, exact, inputTokens, contextShare } = estimate;
  const tokens = t('{0} tokens', `${exact ? '' : '≈ '}${inputTokens.toLocaleString('en-US')}`);
  const parts = [formatTotal(estimate), tokens, contextShare !== null && contextShare > 1 ? t('does not fit') : ''];
  const icon = isChosen ? '$(check)' : '$(blank)';
  return { kind: 'model', label: `${icon} ${model}`, description: parts.filter(Boolean).join(' · '), model };
}

function formatSource(source: ModelSource, t: Translate): string {
  switch (source) {
    case 'document':
      return t('named by the prompt');
    case 'setting':
      return t('from the settings');
    case 'answer':
      return t('chosen here');
  }
}

/** The chosen model's figures as lines of text, to paste somewhere. */
export function formatEstimateCopy(name: string, { chosen }: PromptAnswer, t: Translate): string {
  const lines = formatFigures(chosen, t).map(({ label, description }) => `${label}: ${description}`);
  return [`${name} · ${chosen.model}`, ...lines].join('\n');
}

function formatFigures(estimate: PromptEstimate, t: Translate): EstimateItem[] {
  const { inputUsd, outputUsd, outputTokens, contextShare } = estimate;
  const figure = (label: string, description: string): EstimateItem => ({ kind: 'figure', label, description });
  // Less than a percent of the window is nothing to think about.
  const share = contextShare !== null && contextShare >= 0.01 ? formatContextShare(estimate) : null;
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
