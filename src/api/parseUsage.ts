import type { EstimateAnswer, UsageAnswer } from './contract.ts';
import { UnexpectedAnswerError } from './parseAnswer.ts';
import type { ThresholdEvent } from './thresholdContract.ts';

type Json = Readonly<Record<string, unknown>>;

/** Answer of `POST /v1/usage`. Throws `UnexpectedAnswerError`. */
export function parseUsageAnswer(value: unknown): UsageAnswer {
  const answer = parseObject(value, 'usage');
  const isRecord = (record: unknown) => record === null || typeof (record as Json).id === 'string';
  requireThat(
    isNumber(answer.accepted) &&
      isNumber(answer.duplicates) &&
      Array.isArray(answer.rejected) &&
      Array.isArray(answer.records) &&
      answer.records.every(isRecord),
    'usage',
  );
  return value as UsageAnswer;
}

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

/** Data of the event `threshold`. Throws `UnexpectedAnswerError`. */
export function parseThreshold(value: unknown): ThresholdEvent {
  const event = parseObject(value, 'threshold');
  const texts = ['budget', 'period', 'scope'].every(name => typeof event[name] === 'string');
  requireThat(texts && ['threshold', 'spent_usd', 'limit_usd'].every(name => isNumber(event[name])), 'threshold');
  return value as ThresholdEvent;
}

function parseObject(value: unknown, what: string): Json {
  requireThat(typeof value === 'object' && value !== null && !Array.isArray(value), what);
  return value as Json;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function requireThat(holds: boolean, what: string): void {
  if (!holds) {
    throw new UnexpectedAnswerError(what);
  }
}
