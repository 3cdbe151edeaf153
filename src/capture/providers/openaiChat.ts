import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, asText, type JsonObject } from '../json.ts';
import { type Accumulator, copyFields } from './accumulator.ts';
import { type OpenAiLanguage, parseOpenAiCall } from './openaiCall.ts';

const chat: OpenAiLanguage = {
  names: {
    prompt: 'prompt_tokens',
    output: 'completion_tokens',
    // Mistral writes it without the first "s" too (wire formats, B7).
    promptDetails: ['prompt_tokens_details', 'prompt_token_details'],
    outputDetails: ['completion_tokens_details'],
  },
  created: 'created',
  xai: 'chat',
};

/**
 * A Chat Completions response of OpenAI or of anyone who speaks its language (wire formats, B1, B5–B8). Throws `UsageError` when it
 * has no usage or contradicts itself.
 */
export function parseOpenAiChat(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  return [parseOpenAiCall(chat, response, context, receivedAt, completeness)];
}

/**
 * A streamed Chat Completions call. The usage is on the last chunk, with or without choices; servers that repeat it on every chunk
 * make it grow, so the last one counts, as a lower bound until a chunk says that it is the end.
 */
export function createOpenAiChatStream(): Accumulator {
  const response: Record<string, unknown> = {};
  let isFinished = false;
  return {
    push(event) {
      const choices = Array.isArray(event.choices) ? event.choices : [];
      const fields = ['id', 'model', 'created', 'service_tier', 'system_fingerprint', 'usage'];
      copyFields(response, event, fields);
      if (event.prompt_filter_results !== undefined) {
        response.prompt_filter_results = true;
      }
      const isUsageChunk = choices.length === 0 && asObject(event.usage) !== null;
      isFinished ||= isUsageChunk || choices.some(choice => asText(asObject(choice)?.finish_reason) !== null);
    },
    finish: () => ({ response, completeness: isFinished ? 'complete' : 'lower_bound' }),
    get isClosed() {
      return response.usage !== undefined;
    },
  };
}
