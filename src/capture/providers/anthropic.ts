import { makerOfModel } from '../../core/prices/modelMaker.ts';
import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, asText, type JsonObject, readCount, readObject, readText } from '../json.ts';
import { buildRecord, buildSideRecord } from '../record.ts';
import { type Accumulator, copyFields } from './accumulator.ts';
import { parseShares } from './anthropicUsage.ts';
import { readBilled } from './openaiUsage.ts';

/** Places that cost what the list says. */
const plainGeos = new Set(['global', 'not_available']);

/**
 * A response of Anthropic's Messages API (wire formats, B3): one record, and one more for every other model that was billed with
 * it. A refusal that put out nothing is free. Throws `UsageError` when it has no usage or contradicts itself.
 */
export function parseAnthropic(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  const usage = readObject(response, 'usage');
  const { main, others, isWhole } = parseShares(response);
  const billed = readBilled(usage);
  const isBilled = billed !== null || context.billedNanoUsd !== undefined;
  const isFree =
    !isBilled && response.stop_reason === 'refusal' && main.tokens.output === 0 && completeness === 'complete';
  const geo = readText(usage, 'inference_geo', 'usage.');
  const speed = readText(usage, 'speed', 'usage.');
  const vendor = billed === null ? null : 'openrouter';
  const model = main.model ?? context.model ?? null;
  const maker = model === null ? null : makerOfModel(model);
  const facts = {
    id: readText(response, 'id'),
    // Others speak Anthropic's language for models of their own.
    provider: context.provider ?? vendor ?? maker ?? 'anthropic',
    model,
    tokens: main.tokens,
    completeness: isWhole ? completeness : 'lower_bound',
    serviceTier: readText(usage, 'service_tier', 'usage.'),
    speed: speed === 'standard' ? null : speed,
    inferenceGeo: geo === null || plainGeos.has(geo) ? null : geo,
    webSearches:
      readCount(readObject(usage, 'server_tool_use', 'usage.'), 'web_search_requests', 'usage.server_tool_use.') ?? 0,
    billedNanoUsd: billed ?? (isFree ? 0 : null),
  } as const;
  const record = buildRecord(facts, context, receivedAt, context.signal ?? 'response');
  return [record, ...others.map(share => buildSideRecord(record, share.model, share.tokens, isBilled ? 0 : null))];
}

/**
 * A streamed Messages call. `message_start` has the input side and a placeholder for the output; `message_delta` has the output so
 * far and may repeat the input, null meaning "as before". Without a last `message_delta` the output is a lower bound.
 */
export function createAnthropicStream(): Accumulator {
  const response: Record<string, unknown> = {};
  let usage: Record<string, unknown> = {};
  let hasOutput = false;
  let isStopped = false;
  return {
    push(event) {
      const message = asObject(event.message) ?? {};
      const delta = asObject(event.delta) ?? {};
      if (event.type === 'message_start') {
        copyFields(response, message, ['id', 'model']);
        usage = { ...asObject(message.usage) };
      } else if (event.type === 'content_block_start') {
        keepFallback(response, asObject(event.content_block) ?? {});
      } else if (event.type === 'message_delta') {
        const news = asObject(event.usage) ?? {};
        copyFields(usage, news, Object.keys(news));
        copyFields(response, delta, ['stop_reason']);
        hasOutput ||= news.output_tokens !== undefined;
      } else if (event.type === 'message_stop') {
        isStopped = true;
      }
    },
    finish() {
      const isEnd = isStopped || asText(response.stop_reason) !== null;
      const hasUsage = Object.keys(usage).length > 0;
      return {
        response: hasUsage ? { ...response, usage } : response,
        completeness: hasOutput && isEnd ? 'complete' : 'lower_bound',
      };
    },
    get isClosed() {
      return isStopped;
    },
  };
}

/** Of the content only the block that names the model that declined is kept: it has no text. */
function keepFallback(response: Record<string, unknown>, block: JsonObject): void {
  if (block.type === 'fallback') {
    response.content = [{ type: 'fallback', from: block.from }];
  }
}
