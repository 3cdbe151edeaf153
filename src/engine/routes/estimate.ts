import type { EstimateAnswer } from '../../api/contract.ts';
import { usdToNano } from '../../core/money.ts';
import { computeCost } from '../../core/prices/pricing.ts';
import type { PromptSource } from '../../estimator/documents/promptDocument.ts';
import { computeEstimate, type EstimatedRequest, exactTokens, type PromptEstimate } from '../../estimator/estimate.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import type { LearnedFactor } from '../../estimator/familyFactors.ts';
import { type OutputPrediction, predictOutput } from '../../estimator/outputPrediction.ts';
import type { PromptCounts } from '../../estimator/protocol.ts';
import { computeTokens } from '../../estimator/requestTokens.ts';
import type { Estimate } from '../../ledger/side/estimates.ts';
import { readOutputs } from '../estimates/callHistory.ts';
import { badMessages, badRequest, type EstimateRequest, parseQuestion } from '../estimates/estimateRequest.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { readJsonObject } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

const example = '{"model":"gpt-4.1","text":"Hello"}';

/** `POST /v1/estimate`: what a prompt would cost, before it is sent. */
export const estimateRoute: Route = {
  method: 'POST',
  path: '/v1/estimate',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    const question = parseQuestion(await readJsonObject(call.request, { example }));
    const counts = await countPrompt(question, live, call);
    const model = question.model ?? counts?.document.model ?? live.settings['estimate.model'];
    const estimate = estimateFor(question, model, counts, live);
    sendJson(call.response, 200, formatAnswer(estimate, question, live));
    if (counts) {
      // In the background: what can't be kept is no reason to fail.
      live.estimates.keep(toKeep(estimate, counts, model)).catch(() => undefined);
    }
  },
};

interface Estimated {
  readonly estimate: PromptEstimate;
  readonly output: OutputPrediction;
}

function estimateFor(
  question: EstimateRequest,
  model: string,
  counts: PromptCounts | null,
  live: LiveLedger,
): Estimated {
  const { book, settings, ledger } = live;
  const now = Date.now();
  const {
    calls,
    matched_by,
    output_tokens: past,
  } = readOutputs(ledger, { model, taskType: question.taskType, agent: null }, now);
  const output = predictOutput(
    question.outputTokens,
    past && { calls, taskType: matched_by.includes('task_type') ? question.taskType : null, ...past },
    settings['estimate.expectedOutputTokens'],
  );
  const estimate = computeEstimate({
    model,
    requests: toRequests(question, model, counts, live.estimates.learned),
    // The range of the answer is that of the input; how long answers get is told beside it.
    output: { low: output.likely, likely: output.likely, high: output.likely },
    prices: { book, computeCost },
    now,
  });
  return { estimate, output };
}

function formatAnswer({ estimate, output }: Estimated, question: EstimateRequest, live: LiveLedger): EstimateAnswer {
  const { remaining_usd } = live.budget();
  return {
    input_tokens: estimate.inputTokens,
    exact: estimate.exact,
    output_tokens: estimate.outputTokens,
    input_cost_usd: estimate.inputUsd,
    output_cost_usd: estimate.outputUsd,
    total_cost_usd: estimate.totalUsd,
    low_usd: estimate.lowUsd,
    high_usd: estimate.highUsd,
    context_share: estimate.contextShare,
    model: estimate.model,
    input_cost_from_cache_usd: estimate.warmInputUsd,
    output_from: question.outputTokens === null ? output.from : 'given',
    output_calls: output.calls,
    output_tokens_p90: output.high,
    budget_share:
      estimate.totalUsd === null || remaining_usd === null || remaining_usd <= 0
        ? null
        : estimate.totalUsd / remaining_usd,
  };
}

/** The estimate as it is held against the request that it was made for. */
function toKeep({ estimate }: Estimated, counts: PromptCounts, model: string): Estimate {
  const base = counts.requests.map(request => computeTokens(model, request, counts.mix).inputTokens);
  const toNano = (usd: number | null) => (usd === null ? null : usdToNano(usd));
  return {
    timestamp: Date.now(),
    model,
    sessionId: null,
    textHash: counts.textHash,
    fileType: 'api',
    isExact: estimate.exact,
    inputTokens: estimate.inputTokens,
    inputLow: estimate.lowTokens,
    inputHigh: estimate.highTokens,
    baseTokens: base.reduce((sum, tokens) => sum + tokens, 0),
    outputTokens: estimate.outputTokens,
    costNanoUsd: toNano(estimate.totalUsd),
    costLowNanoUsd: toNano(estimate.lowUsd),
    costHighNanoUsd: toNano(estimate.highUsd),
  };
}

function toRequests(
  { prompt }: EstimateRequest,
  model: string,
  counts: PromptCounts | null,
  learned: readonly LearnedFactor[],
): EstimatedRequest[] {
  if ('inputTokens' in prompt || !counts) {
    return [{ model, tokens: exactTokens('inputTokens' in prompt ? prompt.inputTokens : 0) }];
  }
  return counts.requests.map(request => ({
    model,
    tokens: computeTokens(model, request, counts.mix, learned),
  }));
}

async function countPrompt(
  question: EstimateRequest,
  live: LiveLedger,
  call: GrantedCall,
): Promise<PromptCounts | null> {
  const { prompt, asked } = question;
  if ('inputTokens' in prompt) {
    return null;
  }
  const model = question.model ?? live.settings['estimate.model'];
  const counts = await count(call.engine.estimator, prompt, model, call);
  if (asked !== null && counts.document.format !== 'messages') {
    throw new HttpProblem(400, asked === 'messages' ? badMessages : badRequest, { field: asked });
  }
  return counts;
}

async function count(estimator: Estimator, prompt: PromptSource, model: string, { response }: GrantedCall) {
  const leaving = new AbortController();
  const onClose = () => leaving.abort();
  response.once('close', onClose);
  try {
    return await estimator.count(prompt, [model], { signal: leaving.signal, isHashed: true });
  } catch (error) {
    throw new HttpProblem(503, error instanceof Error ? error.message : String(error), {
      headers: { 'retry-after': '1' },
    });
  } finally {
    response.off('close', onClose);
  }
}
