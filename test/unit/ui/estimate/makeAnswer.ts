import type { PromptEstimate } from '../../../../src/estimator/estimate.ts';
import type { PromptAnswer } from '../../../../src/estimator/estimatePrompt.ts';
import { makeCounts, makeRequest } from '../../estimator/makeCounts.ts';

export const exact: PromptEstimate = {
  model: 'gpt-4.1',
  requests: 1,
  inputTokens: 1000,
  exact: true,
  lowTokens: 1000,
  highTokens: 1000,
  outputTokens: 500,
  outputLowTokens: 500,
  outputHighTokens: 500,
  inputUsd: 0.002,
  warmInputUsd: null,
  outputUsd: 0.004,
  totalUsd: 0.006,
  lowUsd: 0.006,
  highUsd: 0.006,
  contextShare: null,
};

export const about: PromptEstimate = {
  ...exact,
  model: 'claude-sonnet-5',
  exact: false,
  inputTokens: 1200,
  lowTokens: 1020,
  highTokens: 1380,
  inputUsd: 0.0036123,
  warmInputUsd: 0.00036,
  outputUsd: 0.0075,
  totalUsd: 0.0111,
  lowUsd: 0.0106,
  highUsd: 0.0116,
};

export const unpriced: PromptEstimate = {
  ...exact,
  model: 'x',
  inputUsd: null,
  outputUsd: null,
  totalUsd: null,
  lowUsd: null,
  highUsd: null,
};

export function makeAnswer(chosen: PromptEstimate, more: Partial<PromptAnswer> = {}): PromptAnswer {
  return {
    chosen,
    comparison: [exact, about],
    modelFrom: 'setting',
    output: { low: 500, likely: 500, high: 500, from: 'setting', calls: 0, taskType: null },
    task: null,
    budgetShare: null,
    baseTokens: chosen.inputTokens,
    notes: [],
    files: [],
    counts: makeCounts([makeRequest(1000)]),
    ...more,
  };
}
