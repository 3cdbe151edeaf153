import { isNullOr, isNumber, type Json, parseList, parseObject, requireStrings, requireThat } from './answerShape.ts';
import type { TestAnswer } from './connectContract.ts';
import type { UsageAnswer } from './usageContract.ts';

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

/** The answer to a test record. */
export function parseTestAnswer(value: unknown): TestAnswer {
  const answer = parseObject(value, 'test');
  requireThat(answer.test === true, 'test.test');
  for (const record of parseList(answer.records, 'test.records')) {
    requireThat(isNullOr(record.agent, 'string') && isNullOr(record.model, 'string'), 'test.records');
  }
  for (const rejected of parseList(answer.rejected, 'test.rejected')) {
    requireStrings(rejected, ['error'], 'test.rejected');
  }
  return value as TestAnswer;
}
