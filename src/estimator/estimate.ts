import type { Rate } from '../core/cost.ts';
import { nanoToUsd, usdToNano } from '../core/money.ts';
import type { PriceBook } from '../core/priceBook.ts';
import { resolveEncoding } from './encodings.ts';
import { computeFactor } from './familyFactors.ts';
import type { PromptCounts } from './protocol.ts';

/** Input tokens of a prompt for one model, with their range; low and high equal it when exact. */
export interface TokenEstimate {
  readonly inputTokens: number;
  readonly exact: boolean;
  readonly lowTokens: number;
  readonly highTokens: number;
}

/** What a prompt would cost with one model. USD; null when the model has no price. */
export interface PromptEstimate extends TokenEstimate {
  readonly model: string;
  /** Expected, not counted. */
  readonly outputTokens: number;
  readonly inputUsd: number | null;
  readonly outputUsd: number | null;
  readonly totalUsd: number | null;
  /** Total for the low and the high bound of the input tokens. */
  readonly lowUsd: number | null;
  readonly highUsd: number | null;
  /** Input tokens ÷ the model's context window; above 1 it does not fit. Null when the window is unknown. */
  readonly contextShare: number | null;
}

export interface EstimateInput {
  readonly model: string;
  readonly tokens: TokenEstimate;
  readonly outputTokens: number;
  readonly prices: PriceBook;
  /** When the prompt would be sent, epoch ms. */
  readonly now: number;
}

/** Tokens that somebody else has counted. */
export function exactTokens(inputTokens: number): TokenEstimate {
  return { inputTokens, exact: true, lowTokens: inputTokens, highTokens: inputTokens };
}

/**
 * Input tokens for a model from the counts of the worker. Throws Error when the model's encoding was not counted: `models` of the
 * count has to name every model that is asked for.
 */
export function computeTokens(model: string, counts: PromptCounts): TokenEstimate {
  const { encoding, family, isExact } = resolveEncoding(model);
  const content = counts.contentTokens[encoding];
  if (content === undefined) {
    throw new Error(`The text was not counted with ${encoding}, the encoding of ${model}.`);
  }
  if (isExact) {
    return exactTokens(content + counts.document.overheadTokens);
  }
  const { factor, spread } = computeFactor(family, counts.mix);
  const overhead = counts.document.overheadTokens;
  return {
    inputTokens: Math.round(content * factor) + overhead,
    exact: false,
    lowTokens: Math.floor(content * factor * (1 - spread)) + overhead,
    highTokens: Math.ceil(content * factor * (1 + spread)) + overhead,
  };
}

/** The estimate for one model. Costs are whole nano-USD; the total is rounded once, as the record of the call will be. */
export function computeEstimate({ model, tokens, outputTokens, prices, now }: EstimateInput): PromptEstimate {
  // The tier of a long prompt is decided by all of it, so each bound has its own rate.
  const rateFor = (promptTokens: number): Rate | null =>
    prices.rateFor({ provider: null, model, timestamp: now, promptTokens });
  const totalUsd = (inputTokens: number): number | null => {
    const rate = rateFor(inputTokens);
    return rate && usdOf(inputTokens, rate.input, outputTokens, rate.output);
  };
  const rate = rateFor(tokens.inputTokens);
  const window = prices.contextWindow(null, model);
  return {
    model,
    ...tokens,
    outputTokens,
    inputUsd: rate && usdOf(tokens.inputTokens, rate.input, 0, 0),
    outputUsd: rate && usdOf(0, 0, outputTokens, rate.output),
    totalUsd: totalUsd(tokens.inputTokens),
    lowUsd: totalUsd(tokens.lowTokens),
    highUsd: totalUsd(tokens.highTokens),
    contextShare: window ? tokens.inputTokens / window : null,
  };
}

/** Tokens × rates (USD per 1M tokens) in USD, computed in integers and rounded half up to a nano-USD. */
function usdOf(inputTokens: number, inputRate: number, outputTokens: number, outputRate: number): number {
  const million = 1_000_000n;
  const nanoTokens =
    BigInt(inputTokens) * BigInt(usdToNano(inputRate)) + BigInt(outputTokens) * BigInt(usdToNano(outputRate));
  return nanoToUsd(Number((nanoTokens + million / 2n) / million));
}
