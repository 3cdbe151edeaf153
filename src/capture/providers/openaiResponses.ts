import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, type JsonObject } from '../json.ts';
import { type Accumulator, copyFields } from './accumulator.ts';
import { type OpenAiLanguage, parseOpenAiCall } from './openaiCall.ts';

const responses: OpenAiLanguage = {
  names: {
    prompt: 'input_tokens',
    output: 'output_tokens',
    // The Realtime API writes the singular.
    promptDetails: ['input_tokens_details', 'input_token_details'],
    outputDetails: ['output_tokens_details', 'output_token_details'],
  },
  created: 'created_at',
  xai: 'responses',
};

/**
 * A response of OpenAI's Responses API (wire formats, B2), whatever its status: failed and incomplete ones are billed too. The 30-minute
 * and 12-hour parts of cache writes have no bucket and no rate of their own. Throws `UsageError` when it has no usage or contradicts
 * itself.
 */
export function parseOpenAiResponses(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  return [parseOpenAiCall(responses, response, context, receivedAt, completeness)];
}

/** A streamed call, or one of several on a socket: usage and the tier that was used come with the event that ends it. */
export function createOpenAiResponsesStream(): Accumulator {
  const response: Record<string, unknown> = {};
  return {
    push(event) {
      copyFields(response, asObject(event.response) ?? {}, ['id', 'model', 'created_at', 'service_tier', 'usage']);
    },
    finish: () => ({ response, completeness: 'complete' }),
    get isClosed() {
      return response.usage !== undefined;
    },
  };
}
