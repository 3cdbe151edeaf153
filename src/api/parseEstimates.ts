import type { EstimateAccuracy, HistoryAnswer } from './estimateContract.ts';
import { UnexpectedAnswerError } from './parseAnswer.ts';

type Json = Readonly<Record<string, unknown>>;

export function parseHistory(value: unknown): HistoryAnswer {
  const answer = asJson(value, 'history');
  requireThat(typeof answer.calls === 'number' && Array.isArray(answer.matched_by), 'history');
  requireQuantiles(answer.output_tokens, 'history.output_tokens');
  if (answer.tasks !== null) {
    const tasks = asJson(answer.tasks, 'history.tasks');
    requireThat(typeof tasks.sessions === 'number' && typeof tasks.cache_read_share === 'number', 'history.tasks');
    for (const key of ['turns', 'cost_usd', 'first_prompt_tokens', 'growth_tokens', 'output_tokens']) {
      requireQuantiles(tasks[key], `history.tasks.${key}`);
    }
  }
  return value as HistoryAnswer;
}

export function parseAccuracy(value: unknown): EstimateAccuracy {
  const answer = asJson(value, 'estimates');
  const groups = answer.groups;
  requireThat(Array.isArray(groups) && Array.isArray(answer.learned), 'estimates');
  for (const figures of [answer.total, ...(groups as unknown[])]) {
    const { estimates, matched } = asJson(figures, 'estimates');
    requireThat(typeof estimates === 'number' && typeof matched === 'number', 'estimates');
  }
  for (const learned of answer.learned as unknown[]) {
    const { family, ratio, spread, observations } = asJson(learned, 'estimates.learned');
    const numbers = [ratio, spread, observations];
    requireThat(typeof family === 'string' && numbers.every(Number.isFinite), 'estimates.learned');
  }
  return value as EstimateAccuracy;
}

function requireQuantiles(value: unknown, what: string): void {
  if (value !== null) {
    const { p10, p50, p90 } = asJson(value, what);
    requireThat([p10, p50, p90].every(Number.isFinite), what);
  }
}

function asJson(value: unknown, what: string): Json {
  requireThat(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Json;
}

function requireThat(holds: boolean, what: string): asserts holds {
  if (!holds) {
    throw new UnexpectedAnswerError(what);
  }
}
