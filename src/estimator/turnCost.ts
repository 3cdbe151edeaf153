import { nanoToUsd } from '../core/money.ts';
import { emptyRecord } from '../core/usageRecord.ts';
import type { Prices } from './estimate.ts';
import type { LearnedFactor } from './familyFactors.ts';
import type { PromptCounts } from './protocol.ts';
import { computeTokens, isCountedFor } from './requestTokens.ts';

/** Calls of one model that had a file in front of them. */
export interface TurnCalls {
  readonly model: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** What a file that is sent with every turn costs. */
export interface TurnCost {
  /** For the model of most calls, else for the fallback. */
  readonly model: string;
  readonly tokens: number;
  readonly isExact: boolean;
  /** Of one turn; the mean over the calls, without any the price of the fallback without a cache. USD; null without a price. */
  readonly usdPerTurn: number | null;
  readonly turns: number;
  /** Of all turns. USD. */
  readonly usd: number | null;
}

export interface TurnInput {
  readonly counts: PromptCounts;
  /** The model to answer for while there are no calls. */
  readonly fallback: string;
  readonly calls: readonly TurnCalls[];
  readonly prices: Prices;
  readonly learned: readonly LearnedFactor[];
  readonly now: number;
}

/** The file's part of past calls: as much of it was read from and written to a cache as of their prompts. */
export function computeTurnCost(input: TurnInput): TurnCost {
  const known = input.calls
    .filter(({ model, requests }) => requests > 0 && isCountedFor(model, input.counts))
    .toSorted((a, b) => b.requests - a.requests);
  const [most] = known;
  const model = most?.model ?? input.fallback;
  const { inputTokens, exact } = tokensOf(model, input);
  const turns = known.reduce((sum, { requests }) => sum + requests, 0);
  if (turns === 0) {
    const nano = priceTurn({ model, requests: 0, promptTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }, input);
    return {
      model,
      tokens: inputTokens,
      isExact: exact,
      usdPerTurn: nano === null ? null : nanoToUsd(nano),
      turns,
      usd: 0,
    };
  }
  const nanos = known.map(calls => {
    const nano = priceTurn(calls, input);
    return nano === null ? null : nano * calls.requests;
  });
  const total = nanos.some(nano => nano === null) ? null : nanos.reduce<number>((sum, nano) => sum + (nano ?? 0), 0);
  return {
    model,
    tokens: inputTokens,
    isExact: exact,
    usdPerTurn: total === null ? null : nanoToUsd(total / turns),
    turns,
    usd: total === null ? null : nanoToUsd(total),
  };
}

/** Nano-USD of the file in one call of a model. */
function priceTurn(calls: TurnCalls, input: TurnInput): number | null {
  const { model, promptTokens, cacheReadTokens, cacheWriteTokens } = calls;
  const { inputTokens } = tokensOf(model, input);
  const share = (part: number): number => (promptTokens > 0 ? Math.round((inputTokens * part) / promptTokens) : 0);
  const cacheRead = share(cacheReadTokens);
  const cacheWrite = share(cacheWriteTokens);
  const tokens = {
    ...emptyRecord.tokens,
    input: Math.max(0, inputTokens - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: 0,
  };
  return input.prices.computeCost({ ...emptyRecord, model, timestamp: input.now, tokens }, input.prices.book).nanoUsd;
}

function tokensOf(model: string, { counts, learned }: TurnInput) {
  const [request] = counts.requests;
  return request
    ? computeTokens(model, request, counts.mix, learned)
    : { inputTokens: 0, exact: true, lowTokens: 0, highTokens: 0 };
}
