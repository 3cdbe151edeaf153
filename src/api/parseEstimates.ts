import { isNumber, parseObject, requireThat } from './answerShape.ts';
import type { EstimateAccuracy, EstimateAnswer, HistoryAnswer } from './estimateContract.ts';

/** Answer of `POST /v1/estimate`. Throws `UnexpectedAnswerError`. */
export function parseEstimateAnswer(value: unknown): EstimateAnswer {
  const answer = parseObject(value, 'estimate');
  const costs = ['input_cost_usd', 'output_cost_usd', 'total_cost_usd', 'low_usd', 'high_usd', 'context_share'];
  requireThat(
    isNumber(answer.input_tokens) && isNumber(answer.output_tokens) && typeof answer.exact === 'boolean',
    'estimate',
  );
  requireThat(
    costs.every(name => answer[name] === null || isNumber(answer[name])),
    'estimate',
  );
  return value as EstimateAnswer;
}

export function parseHistory(value: unknown): HistoryAnswer {
  const answer = parseObject(value, 'history');
  requireThat(typeof answer.calls === 'number' && Array.isArray(answer.matched_by), 'history');
  requireQuantiles(answer.output_tokens, 'history.output_tokens');
  if (answer.tasks !== null) {
    const tasks = parseObject(answer.tasks, 'history.tasks');
    requireThat(typeof tasks.sessions === 'number' && typeof tasks.cache_read_share === 'number', 'history.tasks');
    for (const key of ['turns', 'cost_usd', 'first_prompt_tokens', 'growth_tokens', 'output_tokens']) {
      requireQuantiles(tasks[key], `history.tasks.${key}`);
    }
  }
  return value as HistoryAnswer;
}

export function parseAccuracy(value: unknown): EstimateAccuracy {
  const answer = parseObject(value, 'estimates');
  const groups = answer.groups;
  requireThat(Array.isArray(groups) && Array.isArray(answer.learned), 'estimates');
  for (const figures of [answer.total, ...(groups as unknown[])]) {
    const { estimates, matched } = parseObject(figures, 'estimates');
    requireThat(typeof estimates === 'number' && typeof matched === 'number', 'estimates');
  }
  for (const learned of answer.learned as unknown[]) {
    const { family, ratio, spread, observations } = parseObject(learned, 'estimates.learned');
    const numbers = [ratio, spread, observations];
    requireThat(typeof family === 'string' && numbers.every(Number.isFinite), 'estimates.learned');
  }
  return value as EstimateAccuracy;
}

function requireQuantiles(value: unknown, what: string): void {
  if (value !== null) {
    const { p10, p50, p90 } = parseObject(value, what);
    requireThat([p10, p50, p90].every(Number.isFinite), what);
  }
}
