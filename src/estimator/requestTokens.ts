import { countImageTokens } from './documents/imageTokens.ts';
import { resolveEncoding } from './encodings.ts';
import { exactTokens, type TokenEstimate } from './estimate.ts';
import { computeFactor, type LearnedFactor } from './familyFactors.ts';
import type { PromptCounts, RequestCounts } from './protocol.ts';

/** What is unsure of parts that each provider writes in its own way (tools, images), as a share of the whole. */
const partSpread = 0.1;

/**
 * Input tokens of one request for a model from the counts of the worker. Throws Error when the model's encoding was not counted: `models`
 * of the count has to name every model that is asked for.
 */
export function computeTokens(
  model: string,
  request: RequestCounts,
  mix: PromptCounts['mix'],
  learned: readonly LearnedFactor[] = [],
): TokenEstimate {
  const { encoding, family, isExact } = resolveEncoding(model);
  const content = request.contentTokens[encoding];
  if (content === undefined) {
    throw new Error(`The text was not counted with ${encoding}, the encoding of ${model}.`);
  }
  const around =
    request.overheadTokens + request.images.reduce((sum, image) => sum + countImageTokens(model, image), 0);
  if (isExact && request.isWhole) {
    return exactTokens(content + around);
  }
  const { factor, spread } = isExact ? { factor: 1, spread: 0 } : computeFactor(family, mix, learned);
  const more = request.isWhole ? 0 : partSpread;
  const bound = (sign: 1 | -1): number => content * factor * (1 + sign * (spread + more)) + around * (1 + sign * more);
  return {
    inputTokens: Math.round(content * factor) + around,
    exact: false,
    lowTokens: Math.floor(bound(-1)),
    highTokens: Math.ceil(bound(1)),
  };
}

/** Whether the counts hold what a model needs. */
export function isCountedFor(model: string, { requests }: PromptCounts): boolean {
  const { encoding } = resolveEncoding(model);
  return requests.every(({ contentTokens }) => contentTokens[encoding] !== undefined);
}
