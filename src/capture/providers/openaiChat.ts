import { makerOfModel } from '../../core/modelMaker.ts';
import type { Provider } from '../../core/provider.ts';
import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, asText, type JsonObject, readObject, readText } from '../json.ts';
import { buildRecord } from '../record.ts';
import { type Accumulator, copyFields } from './accumulator.ts';
import { parseOpenAiTokens, readBilled } from './openaiUsage.ts';

const names = {
  prompt: 'prompt_tokens',
  output: 'completion_tokens',
  // Mistral writes it without the first "s" too (wire formats, B7).
  promptDetails: ['prompt_tokens_details', 'prompt_token_details'],
  outputDetails: ['completion_tokens_details'],
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
  const usage = readObject(response, 'usage');
  const model = readText(response, 'model') ?? context.model ?? null;
  const provider = context.provider ?? vendorOf(response, usage) ?? (model === null ? null : makerOfModel(model));
  const facts = {
    id: readText(response, 'id'),
    provider,
    model,
    created: response.created,
    tokens: parseOpenAiTokens(usage, names, provider === 'xai' ? 'chat' : null),
    completeness,
    serviceTier: readText(response, 'service_tier'),
    billedNanoUsd: readBilled(usage),
  };
  return [buildRecord(facts, context, receivedAt, context.signal ?? 'response')];
}

/** The vendor by fields that only it sends. */
function vendorOf(response: JsonObject, usage: JsonObject): Provider | null {
  if (typeof usage.cost === 'number') {
    return 'openrouter';
  }
  if (usage.prompt_cache_hit_tokens !== undefined) {
    return 'deepseek';
  }
  if (usage.cost_in_usd_ticks !== undefined) {
    return 'xai';
  }
  if (usage.num_cached_tokens !== undefined) {
    return 'mistral';
  }
  if (response.prompt_filter_results !== undefined) {
    return 'azure';
  }
  return response.system_fingerprint === 'fp_ollama' ? 'ollama' : null;
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
