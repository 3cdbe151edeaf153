import * as vscode from 'vscode';
import type { PromptEstimate } from '../../estimator/estimate.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { formatCount, formatUsdPrecise } from '../text/numbers.ts';
import { formatEstimate } from './estimateText.ts';

interface Estimated {
  readonly name: string;
  readonly answer: PromptAnswer;
}

/** Lists several estimated files with their sum; gives the one to look at, undefined when none was chosen. */
export async function pickEstimatedFile<T extends Estimated>(files: readonly T[]): Promise<T | undefined> {
  const chosen = files.map(({ answer }) => answer.chosen);
  const tokens = formatCount(chosen.reduce((sum, { inputTokens }) => sum + inputTokens, 0));
  const picked = await vscode.window.showQuickPick(
    files.map(file => ({ label: file.name, detail: formatEstimate(file.answer.chosen, vscode.l10n.t), file })),
    {
      title: vscode.l10n.t('{0} prompts: {1} tokens · {2}', files.length, tokens, formatSum(chosen)),
      placeHolder: vscode.l10n.t('Choose a prompt to see its figures and compare models'),
    },
  );
  return picked?.file;
}

/** One prompt without a price leaves the sum unknown. */
function formatSum(estimates: readonly PromptEstimate[]): string {
  const sum = estimates.reduce<number | null>(
    (total, { totalUsd }) => (total === null || totalUsd === null ? null : total + totalUsd),
    0,
  );
  const about = estimates.every(({ exact }) => exact) ? '' : '≈ ';
  return sum === null ? formatUsdPrecise(null) : about + formatUsdPrecise(sum);
}
