import { nanoToUsd } from '../core/money.ts';
import { emptyRecord } from '../core/usageRecord.ts';
import type { Prices } from './estimate.ts';

interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What similar past sessions took (`GET /v1/history`, `tasks`). */
export interface TaskHistory {
  readonly sessions: number;
  readonly turns: Quantiles;
  /** USD of a session; null while none is priced. */
  readonly costUsd: Quantiles | null;
  /** Prompt tokens of a session's first call. */
  readonly firstPromptTokens: Quantiles;
  /** Prompt tokens that a turn adds. */
  readonly growthTokens: Quantiles;
  /** Output tokens of a turn. */
  readonly outputTokens: Quantiles;
  /** Part of the prompt tokens that was read from a cache. */
  readonly cacheReadShare: number;
}

/** What an agent would make of a prompt: turns × growing context. USD; null without a price. */
export interface TaskEstimate {
  readonly lowUsd: number | null;
  readonly likelyUsd: number | null;
  readonly highUsd: number | null;
  /** Turns at the three. */
  readonly turns: Quantiles;
  readonly sessions: number;
  /** What similar sessions really cost. USD. */
  readonly pastUsd: Quantiles | null;
}

export interface TaskInput {
  readonly model: string;
  /** Of the prompt itself: it is in the context of every turn. */
  readonly promptTokens: number;
  readonly history: TaskHistory;
  readonly prices: Prices;
  readonly now: number;
}

/** Longer sessions are summed in steps of several turns. */
const mostSteps = 200;

/**
 * An agent sends its whole context with each turn: the first one of past sessions and this prompt, and what each turn adds. As much of it
 * as in those sessions comes from a cache. Low, likely and high are short, usual and long sessions.
 */
export function estimateTask(input: TaskInput): TaskEstimate {
  const { history } = input;
  return {
    lowUsd: sumTurns(input, history.turns.p10),
    likelyUsd: sumTurns(input, history.turns.p50),
    highUsd: sumTurns(input, history.turns.p90),
    turns: history.turns,
    sessions: history.sessions,
    pastUsd: history.costUsd,
  };
}

function sumTurns({ model, promptTokens, history, prices, now }: TaskInput, turns: number): number | null {
  const window = prices.book.contextWindow(null, model) ?? Number.POSITIVE_INFINITY;
  const steps = Math.min(turns, mostSteps);
  let nano = 0;
  for (let step = 0; step < steps; step += 1) {
    const turn = ((step + 0.5) * turns) / steps - 0.5;
    // What grows beyond the window is compacted by the agent.
    const context = Math.min(
      window,
      Math.round(history.firstPromptTokens.p50 + promptTokens + turn * history.growthTokens.p50),
    );
    const cacheRead = Math.round(context * history.cacheReadShare);
    const tokens = { ...emptyRecord.tokens, input: context - cacheRead, cacheRead, output: history.outputTokens.p50 };
    const { nanoUsd } = prices.computeCost({ ...emptyRecord, model, timestamp: now, tokens }, prices.book);
    if (nanoUsd === null) {
      return null;
    }
    nano += (nanoUsd * turns) / steps;
  }
  return nanoToUsd(Math.round(nano));
}
