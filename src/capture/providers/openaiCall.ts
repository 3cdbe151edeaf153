import { makerOfModel } from '../../core/prices/modelMaker.ts';
import type { Provider } from '../../core/provider.ts';
import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { type JsonObject, readObject, readText } from '../json.ts';
import { buildRecord } from '../record.ts';
import { parseOpenAiTokens, readBilled, type UsageNames } from './openaiUsage.ts';

/** What tells OpenAI's two languages apart in a response. */
export interface OpenAiLanguage {
  readonly names: UsageNames;
  /** The field with the time of creation. */
  readonly created: string;
  /** How xAI counts in this language: its chat completions leave the reasoning out of the output. */
  readonly xai: 'chat' | 'responses';
}

/** The record of a response in either language. Throws `UsageError` when it has no usage or contradicts itself. */
export function parseOpenAiCall(
  { names, created, xai }: OpenAiLanguage,
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness,
): UsageRecord {
  const usage = readObject(response, 'usage');
  const model = readText(response, 'model') ?? context.model ?? null;
  const provider = context.provider ?? vendorOf(response, usage) ?? (model === null ? null : makerOfModel(model));
  const facts = {
    id: readText(response, 'id'),
    provider,
    model,
    created: response[created],
    tokens: parseOpenAiTokens(usage, names, provider === 'xai' ? xai : null),
    completeness,
    serviceTier: readText(response, 'service_tier'),
    billedNanoUsd: readBilled(usage),
  };
  return buildRecord(facts, context, receivedAt, context.signal ?? 'response');
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
