import type { EstimateAnswer } from '../../api/contract.ts';
import { asObject, type JsonObject, readCount, readText as readTextField, UsageError } from '../../capture/json.ts';
import { computeEstimate, computeTokens, exactTokens, type TokenEstimate } from '../../estimator/estimate.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import type { PromptSource } from '../../estimator/promptDocument.ts';
import { readText } from '../body.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../call.ts';
import { HttpProblem } from '../problem.ts';

/** What is asked, once it is sure that it can be answered. */
interface Question {
  /** Null: the setting's. */
  readonly model: string | null;
  readonly prompt: PromptSource | { readonly inputTokens: number };
  readonly isChat: boolean;
  /** Null: the setting's. */
  readonly outputTokens: number | null;
}

const badMessages = 'messages must be a list of {"role", "content"}, with content a text or a list of parts.';
const prompts = ['messages', 'text', 'input_tokens'] as const;

/** `POST /v1/estimate`: what a prompt would cost, before it is sent. */
export const estimateRoute: Route = {
  method: 'POST',
  path: '/v1/estimate',
  access: 'ledger',
  handle: async call => {
    const { book, settings } = findLedger(call);
    const question = parseQuestion(await readText(call.request));
    const model = question.model ?? settings['estimate.model'];
    const tokens = await countTokens(question, model, call);
    const outputTokens = question.outputTokens ?? settings['estimate.expectedOutputTokens'];
    const estimate = computeEstimate({ model, tokens, outputTokens, prices: book, now: Date.now() });
    const answer: EstimateAnswer = {
      input_tokens: estimate.inputTokens,
      exact: estimate.exact,
      output_tokens: estimate.outputTokens,
      input_cost_usd: estimate.inputUsd,
      output_cost_usd: estimate.outputUsd,
      total_cost_usd: estimate.totalUsd,
      low_usd: estimate.lowUsd,
      high_usd: estimate.highUsd,
      context_share: estimate.contextShare,
    };
    sendJson(call.response, 200, answer);
  },
};

async function countTokens({ prompt, isChat }: Question, model: string, call: GrantedCall): Promise<TokenEstimate> {
  if ('inputTokens' in prompt) {
    return exactTokens(prompt.inputTokens);
  }
  const counts = await count(call.engine.estimator, prompt, model, call);
  const { format, notes } = counts.document;
  if (isChat && format !== 'messages') {
    throw new HttpProblem(400, badMessages, { field: 'messages' });
  }
  const tokens = computeTokens(model, counts);
  // Of what is left out of the count (an image) nothing is known, so the figure is a lower bound.
  return { ...tokens, exact: tokens.exact && notes.length === 0 };
}

async function count(estimator: Estimator, prompt: PromptSource, model: string, { response }: GrantedCall) {
  const leaving = new AbortController();
  const onClose = () => leaving.abort();
  response.once('close', onClose);
  try {
    return await estimator.count(prompt, [model], leaving.signal);
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
        `${given[1] ?? 'The prompt'} ${what} of messages, text and input_tokens.`,
      );
    }
    return {
      model: readTextField(body, 'model'),
      prompt: readPrompt(body),
      isChat: given[0] === 'messages',
      outputTokens: readCount(body, 'expected_output_tokens'),
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
  const { messages, text } = body;
  if (typeof text === 'string') {
    return { text, isPlain: true };
  }
  if (!Array.isArray(messages)) {
    const field = messages === undefined || messages === null ? 'text' : 'messages';
    throw new UsageError(field, field === 'text' ? 'text must be a string.' : badMessages);
  }
  return { text: JSON.stringify(messages) };
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
