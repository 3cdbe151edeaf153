import { nanoToUsd } from '../core/money.ts';
import type { Cost } from '../core/prices/cost.ts';
import type { PriceBook } from '../core/prices/priceBook.ts';
import { emptyRecord, type TokenCounts, type UsageRecord } from '../core/usageRecord.ts';
import type { OutputPrediction } from './outputPrediction.ts';

/** The prices to estimate with; `computeCost` of `core/prices/pricing.ts`, handed over so that a window loads it with the first estimate. */
export interface Prices {
  readonly book: PriceBook;
  readonly computeCost: (record: UsageRecord, book: PriceBook) => Cost;
}

/** Input tokens of a prompt for one model, with their range; low and high equal it when exact. */
export interface TokenEstimate {
  readonly inputTokens: number;
  readonly exact: boolean;
  readonly lowTokens: number;
  readonly highTokens: number;
}

/** One call of a prompt: most prompts are one, a batch is many. */
export interface EstimatedRequest {
  readonly model: string;
  readonly tokens: TokenEstimate;
}

/** What a prompt would cost with one model. USD; null when the model has no price. */
export interface PromptEstimate extends TokenEstimate {
  readonly model: string;
  /** Calls that the figures are the sum of. */
  readonly requests: number;
  /** Expected, not counted; of all calls. */
  readonly outputTokens: number;
  readonly outputLowTokens: number;
  readonly outputHighTokens: number;
  /** With nothing in a cache. */
  readonly inputUsd: number | null;
  /** With all of it read from the provider's cache; null where that is not cheaper. */
  readonly warmInputUsd: number | null;
  readonly outputUsd: number | null;
  /** What is likely: input without a cache and the expected output. */
  readonly totalUsd: number | null;
  /** Total for the low bounds of input and output, and for the high ones. */
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** Input tokens of the longest call ÷ the model's context window; above 1 it does not fit. Null when the window is unknown. */
  readonly contextShare: number | null;
}

export interface EstimateInput {
  /** Shown as the estimate's; the calls may have models of their own. */
  readonly model: string;
  readonly requests: readonly EstimatedRequest[];
  /** Of each call. */
  readonly output: Pick<OutputPrediction, 'low' | 'likely' | 'high'>;
  readonly prices: Prices;
  readonly serviceTier?: 'batch' | null;
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
}

/** Tokens that somebody else has counted. */
export function exactTokens(inputTokens: number): TokenEstimate {
  return { inputTokens, exact: true, lowTokens: inputTokens, highTokens: inputTokens };
}

/** The estimate for one model. Costs are computed as those of records are, so that a right guess is the cost to the nano-USD. */
export function computeEstimate(input: EstimateInput): PromptEstimate {
  const { model, requests, output } = input;
  const sum = (pick: (tokens: TokenEstimate) => number): number =>
    requests.reduce((total, { tokens }) => total + pick(tokens), 0);
  const nano = (tokensOf: (tokens: TokenEstimate) => Partial<TokenCounts>) => sumCosts(input, tokensOf);
  const cold = nano(({ inputTokens }) => ({ input: inputTokens }));
  const warm = nano(({ inputTokens }) => ({ input: 0, cacheRead: inputTokens }));
  const total = nano(({ inputTokens }) => ({ input: inputTokens, output: output.likely }));
  return {
    model,
    requests: requests.length,
    inputTokens: sum(({ inputTokens }) => inputTokens),
    exact: requests.every(({ tokens }) => tokens.exact),
    lowTokens: sum(({ lowTokens }) => lowTokens),
    highTokens: sum(({ highTokens }) => highTokens),
    outputTokens: output.likely * requests.length,
    outputLowTokens: output.low * requests.length,
    outputHighTokens: output.high * requests.length,
    inputUsd: toUsd(cold),
    warmInputUsd: warm !== null && cold !== null && warm < cold ? nanoToUsd(warm) : null,
    // The parts add up to the total, which is rounded once per call.
    outputUsd: total === null || cold === null ? null : nanoToUsd(total - cold),
    totalUsd: toUsd(total),
    lowUsd: toUsd(nano(({ lowTokens }) => ({ input: lowTokens, output: output.low }))),
    highUsd: toUsd(nano(({ highTokens }) => ({ input: highTokens, output: output.high }))),
    contextShare: computeContextShare(input),
  };
}

/** Nano-USD of all calls; null when one has no price. */
function sumCosts(
  { requests, prices, serviceTier = null, now }: EstimateInput,
  tokensOf: (tokens: TokenEstimate) => Partial<TokenCounts>,
): number | null {
  let sum = 0;
  for (const { model, tokens } of requests) {
    const counts = { ...emptyRecord.tokens, output: 0, ...tokensOf(tokens) };
    const { nanoUsd } = prices.computeCost(
      { ...emptyRecord, model, timestamp: now, serviceTier, tokens: counts },
      prices.book,
    );
    if (nanoUsd === null) {
      return null;
    }
    sum += nanoUsd;
  }
  return sum;
}

function computeContextShare({ requests, prices }: EstimateInput): number | null {
  const shares = requests.map(({ model, tokens }) => {
    const window = prices.book.contextWindow(null, model);
    return window ? tokens.inputTokens / window : null;
  });
  return shares.reduce<number | null>(
    (most, share) => (most === null || share === null ? null : Math.max(most, share)),
    requests.length > 0 ? 0 : null,
  );
}

function toUsd(nano: number | null): number | null {
  return nano === null ? null : nanoToUsd(nano);
}
