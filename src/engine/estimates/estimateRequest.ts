import { type JsonObject, readCount, readText, UsageError } from '../../capture/json.ts';
import type { PromptSource } from '../../estimator/documents/promptDocument.ts';
import { HttpProblem } from '../http/problem.ts';

/** What is asked, once it is sure that it can be answered. */
export interface EstimateRequest {
  /** Null: the request's, else the setting's. */
  readonly model: string | null;
  readonly prompt: PromptSource | { readonly inputTokens: number };
  /** What the prompt has to be; null for text. */
  readonly asked: 'messages' | 'request' | null;
  /** Null: what past calls had, else the setting's. */
  readonly outputTokens: number | null;
  readonly taskType: string | null;
}

export const badMessages = 'messages must be a list of {"role", "content"}, with content a text or a list of parts.';
export const badRequest = "request must be a provider's request body: with messages, input or contents.";
const prompts = ['messages', 'text', 'input_tokens', 'request'] as const;

/** The body of `POST /v1/estimate`. Throws 400 with the offending field. */
export function parseQuestion(body: JsonObject): EstimateRequest {
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
      model: readText(body, 'model'),
      prompt: readPrompt(body),
      asked: given[0] === 'messages' || given[0] === 'request' ? given[0] : null,
      outputTokens: readCount(body, 'expected_output_tokens'),
      taskType: readText(body, 'task_type'),
    };
  } catch (error) {
    throw error instanceof UsageError ? new HttpProblem(400, error.message, { field: error.field }) : error;
  }
}

function readPrompt(body: JsonObject): EstimateRequest['prompt'] {
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
