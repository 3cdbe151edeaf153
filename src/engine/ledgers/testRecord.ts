import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestAnswer } from '../../api/connectContract.ts';
import { computeCost } from '../../core/prices/pricing.ts';
import { promptTokens, type UsageRecord } from '../../core/usageRecord.ts';
import { formatCost } from '../answers/figures.ts';
import { sendJson } from '../http/call.ts';
import type { LiveLedger } from './liveLedger.ts';

/** Whether a request proves a connection and must not count (`x-spend-lens-test: 1`). */
export function isTest(request: IncomingMessage): boolean {
  return request.headers['x-spend-lens-test'] === '1';
}

/** Answers a test with what would have been stored; nothing is. */
export function answerTest(
  response: ServerResponse,
  { book }: LiveLedger,
  records: readonly UsageRecord[],
  rejected: TestAnswer['rejected'],
): void {
  const answer: TestAnswer = {
    test: true,
    records: records.map(record => {
      const { nanoUsd, basis } = computeCost(record, book);
      return {
        agent: record.agent,
        model: record.model,
        signal: record.signal,
        prompt_tokens: promptTokens(record.tokens),
        completion_tokens: record.tokens.output,
        cost_usd: formatCost(nanoUsd),
        cost_basis: basis,
      };
    }),
    rejected,
  };
  sendJson(response, 200, answer);
}
