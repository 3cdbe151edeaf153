import type { TaskEstimate } from '../../estimator/agentTask.ts';
import type { PromptEstimate } from '../../estimator/estimate.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { formatCount, formatUsd, formatUsdPrecise, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';
import {
  formatContextShare,
  formatCost,
  formatInputTokens,
  formatShare,
  formatTotal,
  roundUsd,
} from './estimateText.ts';
import { formatFile, formatNotes } from './noteText.ts';

/** One line of the answer's list. What picking it does goes by `kind`. */
export interface EstimateItem {
  readonly kind:
    | 'separator'
    | 'figure'
    | 'file'
    | 'note'
    | 'setPrice'
    | 'model'
    | 'compare'
    | 'setDefault'
    | 'countExactly';
  readonly label: string;
  readonly description?: string;
  /** Of `setPrice`, `setDefault` and `model`. */
  readonly model?: string;
}

/** Who chose the model: the prompt, the settings, or the user in the answer. */
export type ModelSource = PromptAnswer['modelFrom'] | 'answer';

/** What the list shows beside the figures. */
export interface ItemOptions {
  readonly source: ModelSource;
  /** The models are listed. */
  readonly isComparing: boolean;
  /** The setting `estimate.model`. */
  readonly defaultModel: string;
  /** The provider can count for this model, and the user lets it. */
  readonly canCountExactly: boolean;
}

/** "Estimate for a.md: 1,234 tokens · $0.0065 with gpt-4.1" */
export function formatEstimateTitle(name: string, { chosen }: PromptAnswer, t: Translate): string {
  const tokens = formatInputTokens(chosen, t);
  return chosen.totalUsd === null
    ? t('{0}: {1} · no price known for {2}', name, tokens, chosen.model)
    : t('{0}: {1} · {2} with {3}', name, tokens, formatTotal(chosen, t), chosen.model);
}

/** The answer as a list: the chosen model's figures, what is to be said of them, what can be done, and the models, cheapest first. */
export function formatEstimateItems(answer: PromptAnswer, options: ItemOptions, t: Translate): EstimateItem[] {
  const { chosen, comparison, files } = answer;
  const sent = files.filter(({ kind }) => kind === 'found');
  const notes = formatNotes(answer, t).map((label): EstimateItem => ({ kind: 'note', label: `$(info) ${label}` }));
  return [
    { kind: 'separator', label: `${chosen.model} · ${formatSource(options.source, t)}` },
    ...formatFigures(answer, t),
    ...(sent.length > 0 ? [{ kind: 'separator', label: t('Files that are sent along') } as const] : []),
    ...sent.map((file): EstimateItem => ({ kind: 'file', label: file.name, description: formatFile(file, answer, t) })),
    // A title would take the room that the note's sentence needs.
    { kind: 'separator', label: '' },
    ...notes,
    ...formatActions(answer, options, t),
    ...(options.isComparing
      ? [
          { kind: 'separator', label: t('Compare models, cheapest first') } as const,
          ...comparison.map(estimate => formatModelItem(estimate, estimate.model === chosen.model, t)),
        ]
      : []),
  ];
}

function formatActions(
  { chosen: { model, totalUsd } }: PromptAnswer,
  { isComparing, defaultModel, canCountExactly }: ItemOptions,
  t: Translate,
): EstimateItem[] {
  const actions: (EstimateItem | false)[] = [
    totalUsd === null && { kind: 'setPrice', label: `$(tag) ${t('Set Price of {0}…', model)}`, model },
    canCountExactly && { kind: 'countExactly', label: `$(cloud) ${t('Count Exactly With the Provider…')}` },
    model !== defaultModel && { kind: 'setDefault', label: `$(star) ${t('Set {0} as Default Model', model)}`, model },
    !isComparing && { kind: 'compare', label: `$(list-ordered) ${t('Compare Models')}` },
  ];
  return actions.filter(action => action !== false);
}

/**
 * What is typed into the list and no model of it: the same prompt with that model. Null for anything that is none. VS Code puts labels
 * first that begin or end with the typed text, the others by their first letter: so this one begins with none and ends with a quote,
 * and the models of the list are before it.
 */
export function formatTypedModel(typed: string, { comparison }: PromptAnswer, t: Translate): EstimateItem | null {
  const model = typed.trim();
  const isListed = comparison.some(estimate => estimate.model === model);
  return model === '' || /\s/.test(model) || isListed
    ? null
    : { kind: 'model', label: `→ ${t('Estimate with another model: “{0}”', model)}`, model };
}

/** One line, since many are read one below the other: cost with its range, tokens, and whether they fit. */
function formatModelItem(estimate: PromptEstimate, isChosen: boolean, t: Translate): EstimateItem {
  const { model, exact, inputTokens, contextShare, warmInputUsd } = estimate;
  const parts = [
    formatTotal(estimate, t),
    t('{0} tokens', `${exact ? '' : '≈ '}${formatCount(inputTokens)}`),
    warmInputUsd === null ? '' : t('input {0} from a cache', formatCost(warmInputUsd, exact)),
    contextShare !== null && contextShare > 1 ? t('does not fit') : '',
  ];
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
export function formatEstimateCopy(name: string, answer: PromptAnswer, t: Translate): string {
  const lines = formatFigures(answer, t).map(({ label, description }) => `${label}: ${description}`);
  return [`${name} · ${answer.chosen.model}`, ...lines].join('\n');
}

function formatFigures(answer: PromptAnswer, t: Translate): EstimateItem[] {
  const { chosen, task, budgetShare } = answer;
  const { inputUsd, warmInputUsd, outputUsd, contextShare, exact, requests } = chosen;
  const figure = (label: string, description: string): EstimateItem => ({ kind: 'figure', label, description });
  // Less than a percent of the window is nothing to think about.
  const share = contextShare !== null && contextShare >= 0.01 ? formatContextShare(chosen, t) : null;
  const calls = requests > 1 ? t('{0} calls at batch rates', formatCount(requests)) : null;
  const batch =
    answer.counts.document.serviceTier === null && requests > 1 ? t('{0} calls', formatCount(requests)) : calls;
  const warm = warmInputUsd === null ? null : t('{0} from a cache', formatCost(warmInputUsd, exact));
  return [
    figure(t('Input tokens'), [formatInputTokens(chosen, t), batch, share].filter(Boolean).join(' · ')),
    figure(t('Input'), [formatCost(inputUsd, exact), warm].filter(Boolean).join(' · ')),
    figure(t('Output'), `${formatCost(outputUsd, answer.output.from !== 'history')} (${formatExpected(answer, t)})`),
    figure(t('Total'), formatTotal(chosen, t)),
    ...(budgetShare === null ? [] : [figure(t('Budget'), formatBudgetShare(budgetShare, t))]),
    ...(task === null
      ? []
      : [figure(t('As an agent task'), formatTask(task, t)), figure(t('Similar tasks'), formatSimilar(task, t))]),
  ];
}

/** Where the expected output comes from. */
function formatExpected({ chosen, output }: PromptAnswer, t: Translate): string {
  const tokens = formatCount(chosen.outputTokens);
  if (output.from !== 'history') {
    return t('{0} tokens expected', tokens);
  }
  const [calls, most] = [formatCount(output.calls), formatCount(chosen.outputHighTokens)];
  return output.taskType === null
    ? t('{0} tokens: the median of {1} calls, 90% had up to {2}', tokens, calls, most)
    : t('{0} tokens: the median of {1} “{3}” calls, 90% had up to {2}', tokens, calls, most, output.taskType);
}

function formatBudgetShare(share: number, t: Translate): string {
  return share > 1
    ? t("more than is left of today's budget")
    : t("{0} of what is left of today's budget", formatShare(share));
}

/** Turns × growing context, with its range where both ends don't read the same. */
function formatTask({ likelyUsd, lowUsd, highUsd, turns }: TaskEstimate, t: Translate): string {
  const count = isOne(turns.p50) ? t('{0} turn', formatCount(turns.p50)) : t('{0} turns', formatCount(turns.p50));
  if (likelyUsd === null || lowUsd === null || highUsd === null) {
    return `${formatUsdPrecise(null)} · ${count}`;
  }
  const [low, high] = [roundUsd(lowUsd), roundUsd(highUsd)];
  return `≈ ${roundUsd(likelyUsd)}${low === high ? '' : ` (${low}–${high})`} · ${count}`;
}

/** What past sessions of this workspace really cost. */
function formatSimilar({ pastUsd, sessions }: TaskEstimate, t: Translate): string {
  const count = isOne(sessions) ? t('{0} session', formatCount(sessions)) : t('{0} sessions', formatCount(sessions));
  return pastUsd ? t('P50 {0}, P90 {1}, {2}', formatUsd(pastUsd.p50), formatUsd(pastUsd.p90), count) : count;
}
