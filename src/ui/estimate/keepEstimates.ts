import type { EstimateToKeep } from '../../api/estimateContract.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import { formatError } from '../log.ts';
import type { Services } from '../services.ts';

/** An estimate that somebody asked for. */
export interface KeptEstimate {
  readonly answer: PromptAnswer;
  /** What it is of, if it is no file. */
  readonly part: 'selection' | 'tool' | null;
}

/** Keeps explicit estimates in the ledger, in the background, to be held against the requests that they were made for. No text goes there. */
export function keepEstimates(
  { connection, log }: Pick<Services, 'connection' | 'log'>,
  prompts: readonly KeptEstimate[],
): void {
  const client = connection.ledger;
  for (const prompt of client ? prompts : []) {
    client
      ?.keepEstimate(toKeep(prompt))
      .catch(error => log.warn(`An estimate could not be kept: ${formatError(error)}`));
  }
}

function toKeep({ answer: { chosen, counts, baseTokens }, part }: KeptEstimate): EstimateToKeep {
  return {
    text_hash: counts.textHash,
    model: chosen.model,
    file_type: part ?? counts.document.fileType,
    input_tokens: chosen.inputTokens,
    input_low_tokens: chosen.lowTokens,
    input_high_tokens: chosen.highTokens,
    base_tokens: baseTokens,
    exact: chosen.exact,
    output_tokens: chosen.outputTokens,
    cost_usd: chosen.totalUsd,
    low_usd: chosen.lowUsd,
    high_usd: chosen.highUsd,
  };
}
