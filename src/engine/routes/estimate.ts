import type { EstimateAnswer } from '../../api/contract.ts';
import { asObject, type JsonObject, readCount, readText as readTextField, UsageError } from '../../capture/json.ts';
import { computeCost } from '../../core/pricing.ts';
import type { PromptSource } from '../../estimator/documents/promptDocument.ts';
import { computeEstimate, type EstimatedRequest, exactTokens } from '../../estimator/estimate.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import { predictOutput } from '../../estimator/outputPrediction.ts';
import type { PromptCounts } from '../../estimator/protocol.ts';
import { computeTokens } from '../../estimator/requestTokens.ts';
import { readText } from '../body.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../call.ts';
import { readOutputs } from '../estimates/callHistory.ts';
import type { LiveLedger } from '../liveLedger.ts';
import { HttpProblem } from '../problem.ts';

/** What is asked, once it is sure that it can be answered. */
interface Question {
  /** Null: the request's, else the setting's. */
  readonly model: string | null;
  readonly prompt: PromptSource | { readonly inputTokens: number };
  /** What the prompt has to be; null for text. */
  readonly asked: 'messages' | 'request' | null;
  /** Null: what past calls had, else the setting's. */
  readonly outputTokens: number | null;
  readonly taskType: string | null;
}

const badMessages = 'messages must be a list of {"role", "content"}, with content a text or a list of parts.';
const badRequest = "request must be a provider's request body: with messages, input or contents.";
const prompts = ['messages', 'text', 'input_tokens', 'request'] as const;

/** `POST /v1/estimate`: what a prompt would cost, before it is sent. */
export const estimateRoute: Route = {
  method: 'POST',
  path: '/v1/estimate',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    const question = parseQuestion(await readText(call.request));
    const counts = await countPrompt(question, live, call);
    const model = question.model ?? counts?.document.model ?? live.settings['estimate.model'];
    sendJson(call.response, 200, answer(question, model, counts, live));
  },
};

function answer(question: Question, model: string, counts: PromptCounts | null, live: LiveLedger): EstimateAnswer {
  const { book, settings, ledger } = live;
  const now = Date.now();
  const { calls, output_tokens: past } = readOutputs(ledger, { model, taskType: question.taskType, agent: null }, now);
  const output = predictOutput(
    question.outputTokens,
    past && { calls, ...past },
    settings['estimate.expectedOutputTokens'],
  );
  const estimate = computeEstimate({
    model,
    requests: toRequests(question, model, counts, live),
    // The range of the answer is that of the input; how long answers get is told beside it.
    output: { low: output.likely, likely: output.likely, high: output.likely },
    prices: { book, computeCost },
    now,
  });
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
    model,
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

function toRequests(
  { prompt }: Question,
  model: string,
  counts: PromptCounts | null,
  { estimates }: LiveLedger,
): EstimatedRequest[] {
  if ('inputTokens' in prompt || !counts) {
    return [{ model, tokens: exactTokens('inputTokens' in prompt ? prompt.inputTokens : 0) }];
  }
  return counts.requests.map(request => ({
    model,
    tokens: computeTokens(model, request, counts.mix, estimates.learned),
  }));
}

async function countPrompt(question: Question, live: LiveLedger, call: GrantedCall): Promise<PromptCounts | null> {
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
    return await estimator.count(prompt, [model], { signal: leaving.signal });
  } catch (error) {
    throw new HttpProblem(503, error instanceof Error ? error.message : String(error), {
      headers: { 'retry-after': '1' },
    });
  } finally {
    response.off('close', onClose);
  }
}

function parseQuestion(text: string): Question {
  const body = parseObject(text);
  try {
    const given = prompts.filter(name => body[name] !== undefined && body[name] !== null);
    if (given.length !== 1) {
      const what = given.length === 0 ? 'is missing: give one' : 'is one too many: give only one';
      throw new UsageError(
        given[1] ?? 'text',
        `${given[1] ?? 'The prompt'} ${what} of messages, text, input_tokens and request.`,
      );
    }
    return {
      model: readTextField(body, 'model'),
      prompt: readPrompt(body),
      asked: given[0] === 'messages' || given[0] === 'request' ? given[0] : null,
      outputTokens: readCount(body, 'expected_output_tokens'),
      taskType: readTextField(body, 'task_type'),
    };
  } catch (error) {
    throw error instanceof UsageError ? new HttpProblem(400, error.message, { field: error.field }) : error;
  }
}

function readPrompt(body: JsonObject): Question['prompt'] {
  const inputTokens = readCount(body, 'input_tokens');
  if (inputTokens !== null) {
    return { inputTokens };
  }
  const { messages, text, request } = body;
  if (typeof text === 'string') {
    return { text, isPlain: true };
  }
  if (request !== undefined && request !== null) {
    return { text: JSON.stringify(request), fileName: 'request.json' };
  }
  if (!Array.isArray(messages)) {
    const field = messages === undefined || messages === null ? 'text' : 'messages';
    throw new UsageError(field, field === 'text' ? 'text must be a string.' : badMessages);
  }
  return { text: JSON.stringify(messages), fileName: 'messages.json' };
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below.
  }
  const object = asObject(value);
  if (!object) {
    throw new HttpProblem(400, 'The body must be a JSON object, such as {"model":"gpt-4.1","text":"Hello"}.', {
      field: 'body',
    });
  }
  return object;
}
